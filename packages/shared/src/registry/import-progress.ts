/**
 * How far an import came, told while it writes: so that somebody who comes back after the server was restarted is told what became of
 * it. The rows of its file are in the memory of the process that writes it, and nowhere else: an interrupted one can't go on.
 */

import { sql, type Selectable } from 'kysely'
import type { Registry } from './connect.ts'
import type { ProviderScope } from './scope.ts'
import type { RegistryTables } from './tables.ts'

export type ImportProgress = Selectable<Omit<RegistryTables['imports'], 'providerId' | 'toldAt'>>

/** A process that writes says so each second; of one that was silent for so long it is taken that it is gone. */
const silentAfterSeconds = 15

/** A new import takes the place of the provider's last. */
export async function tellProgress(
  registry: Registry,
  { providerId }: ProviderScope,
  { id, file, state, toWrite, written, lastRow, refusals }: ImportProgress,
): Promise<void> {
  const told = { id, file, state, toWrite, written, lastRow, refusals, toldAt: sql<Date>`now()` }
  await registry
    .insertInto('imports')
    .values({ providerId, ...told })
    .onConflict((c) => c.column('providerId').doUpdateSet(told))
    .execute()
}

/** What was told of the provider's import `id`; undefined where it never began to write, or another took its place. */
export async function progressOf(
  registry: Registry,
  { providerId }: ProviderScope,
  id: string,
): Promise<(Omit<ImportProgress, 'state'> & { state: ImportProgress['state'] | 'interrupted' }) | undefined> {
  if (id.includes('\0')) return undefined
  const found = await registry
    .selectFrom('imports')
    .where('providerId', '=', providerId)
    .where('id', '=', id)
    .select(['id', 'file', 'state', 'toWrite', 'written', 'lastRow', 'refusals'])
    .select(sql<boolean>`"toldAt" < now() - make_interval(secs => ${silentAfterSeconds})`.as('isSilent'))
    .executeTakeFirst()
  if (found === undefined) return undefined
  const { isSilent, ...told } = found
  return { ...told, state: told.state === 'running' && isSilent ? 'interrupted' : told.state }
}
