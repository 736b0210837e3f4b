/**
 * How far an import came, told while it writes: so that somebody who comes back after the server was restarted is told what became of
 * it, and which rows were refused. The other rows of its file are in the memory of the process that writes it, and nowhere else: an
 * interrupted one can't go on.
 */

import { sql, type Selectable } from 'kysely'
import type { Registry } from './connect.ts'
import type { RecordProblem } from './records.ts'
import type { ProviderScope } from './scope.ts'
import type { RegistryTables } from './tables.ts'

export type ImportProgress = Selectable<Omit<RegistryTables['imports'], 'providerId' | 'refused' | 'toldAt'>>

export interface RefusedRow {
  /** As a spreadsheet counts: the column names are row 1. */
  row: number
  /** What stands there, by column. */
  cells: Record<string, string>
  /** Of the field to mend, such as `/mcc`. */
  pointer: string
  problem: RecordProblem
  /** The row that says otherwise, where that is the problem. */
  otherRow: number | null
}

/** A process that writes says so each second; of one that was silent for so long it is taken that it is gone. */
const silentAfterSeconds = 15

/** Of refused rows, as JSON: some ten thousand. */
const keptCharacters = 4_000_000

/** The first of them, as many as fit. */
function kept(refused: readonly RefusedRow[]): string {
  let size = 0
  return JSON.stringify(refused.filter((row) => (size += JSON.stringify(row).length) <= keptCharacters))
}

/**
 * A new import takes the place of the provider's last.
 * @param refused all of them, where they are others than when it was told last.
 */
export async function tellProgress(
  registry: Registry,
  { providerId }: ProviderScope,
  { id, file, state, toWrite, written, lastRow, refusals }: ImportProgress,
  refused?: readonly RefusedRow[],
): Promise<void> {
  const told = {
    ...{ id, file, state, toWrite, written, lastRow, refusals, toldAt: sql<Date>`now()` },
    ...(refused === undefined ? {} : { refused: kept(refused) }),
  }
  await registry
    .insertInto('imports')
    .values({ providerId, ...told })
    .onConflict((c) => c.column('providerId').doUpdateSet(told))
    .execute()
}

export interface ToldImport extends Omit<ImportProgress, 'state'> {
  state: ImportProgress['state'] | 'interrupted'
  /** Fewer than `refusals` where not all fit, or were told in time. */
  refused: RefusedRow[]
}

/** What was told of the provider's import `id`; undefined where it never began to write, or another took its place. */
export async function progressOf(
  registry: Registry,
  { providerId }: ProviderScope,
  id: string,
): Promise<ToldImport | undefined> {
  if (id.includes('\0')) return undefined
  const found = await registry
    .selectFrom('imports')
    .where('providerId', '=', providerId)
    .where('id', '=', id)
    .select(['id', 'file', 'state', 'toWrite', 'written', 'lastRow', 'refusals', 'refused'])
    .select(sql<boolean>`"toldAt" < now() - make_interval(secs => ${silentAfterSeconds})`.as('isSilent'))
    .executeTakeFirst()
  if (found === undefined) return undefined
  const { isSilent, refused, ...told } = found
  return {
    ...told,
    state: told.state === 'running' && isSilent ? 'interrupted' : told.state,
    refused: JSON.parse(refused) as RefusedRow[],
  }
}
