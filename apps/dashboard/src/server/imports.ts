/**
 * Imports of a provider that somebody has begun on its pages: read and previewed, then written, row by row. They are held in
 * this process until they are half an hour old; what is written stays written, and the same file again changes nothing. How
 * far one came and which rows were refused outlives the process, in the registry.
 */

import { randomUUID } from 'node:crypto'
import { setImmediate as others } from 'node:timers/promises'
import {
  progressOf,
  tellProgress,
  type ImportProgress,
  type RefusedRow,
} from '@tillsight/shared/registry/import-progress.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { verdictsOn } from '#api/import-preview.ts'
import { takeNext, type CsvRow } from '#api/import-rows.ts'
import { Contradiction, withoutMistakes } from './import-mistakes.ts'

type Counts = Record<'merchant' | 'terminal', Record<'new' | 'changed' | 'same', number>>

interface Import {
  id: string
  providerId: string
  file: string
  /** Columns of it that say nothing. */
  unused: readonly string[]
  begunAt: number
  state: 'previewed' | 'running' | 'done' | 'failed'
  counts: Counts
  refused: RefusedRow[]
  toWrite: CsvRow[]
  /** Of the rows to write. */
  written: number
}

const heldForMs = 30 * 60_000
/** Rows take half a kilobyte each. */
const rowsHeldAtMost = 1_000_000

const held = new Map<string, Import>()

/** One for each provider: a new one takes the place of the last. Undefined while one is being written. */
export async function previewImport(
  { providerId }: ProviderScope,
  principal: Principal,
  file: string,
  { rows: read, unused }: { rows: readonly CsvRow[]; unused: readonly string[] },
): Promise<string | undefined> {
  const isWritten = () => held.get(providerId)?.state === 'running'
  if (isWritten()) return undefined
  const rows = await withoutMistakes(read)
  const verdicts = await verdictsOn(
    providedStores().registry,
    principal,
    rows.map(({ record }) => record),
  )
  const counts: Counts = {
    merchant: { new: 0, changed: 0, same: 0 },
    terminal: { new: 0, changed: 0, same: 0 },
  }
  const refused: RefusedRow[] = []
  const toWrite: Import['toWrite'] = []
  for (const [i, row] of rows.entries()) {
    const verdict = verdicts[i]
    if (verdict === undefined) continue
    if (verdict instanceof InvalidRecord) {
      refused.push(refusal(row, verdict))
      continue
    }
    counts[verdict.kind][verdict.effect] += 1
    if (verdict.effect !== 'same') toWrite.push(row)
  }
  // One that was previewed before may have been confirmed meanwhile.
  if (isWritten()) return undefined
  const id = randomUUID()
  held.delete(providerId)
  held.set(providerId, {
    id,
    providerId,
    file,
    unused,
    begunAt: Date.now(),
    state: 'previewed',
    counts,
    refused,
    toWrite,
    written: 0,
  })
  forgetOld()
  return id
}

const refusal = ({ row, cells }: CsvRow, why: InvalidRecord): RefusedRow => ({
  row,
  cells,
  pointer: why.pointer,
  problem: why.problem,
  otherRow: why instanceof Contradiction ? why.otherRow : null,
})

/** The oldest first, never the newest. */
function forgetOld(): void {
  const rowsIn = ({ toWrite, refused }: Import): number => toWrite.length + refused.length
  let rows = [...held.values()].reduce((sum, one) => sum + rowsIn(one), 0)
  for (const [providerId, one] of [...held].slice(0, -1)) {
    const isOld = Date.now() - one.begunAt > heldForMs
    if (one.state === 'running' || !(isOld || rows > rowsHeldAtMost)) continue
    held.delete(providerId)
    rows -= rowsIn(one)
  }
}

function heldBy({ providerId }: ProviderScope, id: string): Import | undefined {
  const found = held.get(providerId)
  return found?.id === id ? found : undefined
}

/** Begins to write what was previewed; false where there is no such import. Beginning twice writes once. */
export async function beginImport(provider: ProviderScope, principal: Principal, id: string): Promise<boolean> {
  const found = heldBy(provider, id)
  if (found === undefined) return (await progressOf(providedStores().registry, provider, id)) !== undefined
  if (found.state === 'previewed') {
    found.state = 'running'
    void write(found, provider, principal)
  }
  return true
}

const tellEveryMs = 1_000

const progressIn = ({ id, file, state, toWrite, written, refused }: Import): ImportProgress => ({
  id,
  file,
  state: state === 'previewed' ? 'running' : state,
  toWrite: toWrite.length,
  written,
  lastRow: toWrite[written - 1]?.row ?? 0,
  refusals: refused.length,
})

async function write(one: Import, provider: ProviderScope, principal: Principal): Promise<void> {
  const tell = (refused?: RefusedRow[]) => tellProgress(providedStores().registry, provider, progressIn(one), refused)
  try {
    await tell(one.refused)
    let toldAt = Date.now()
    const { registry } = providedStores()
    const records = one.toWrite.map(({ record }) => record)
    for (let from = 0; from < records.length; from = one.written) {
      const taken = await takeNext(registry, principal, records, from)
      for (const [i, outcome] of taken.entries()) {
        // It was not in the preview: since then somebody changed what the row rests on.
        const row = one.toWrite[from + i]
        if (outcome instanceof InvalidRecord && row !== undefined) one.refused.push(refusal(row, outcome))
      }
      one.written += taken.length
      // The embedded Postgres answers without a turn of the event loop: till the last row nobody else would be heard.
      await others()
      if (Date.now() - toldAt < tellEveryMs) continue
      await tell()
      toldAt = Date.now()
    }
    one.state = 'done'
  } catch (error) {
    console.error(error)
    one.state = 'failed'
  }
  // Where even that can't be told, it is taken for interrupted after a restart: whoever reads it is told to do the same.
  await tell(one.refused).catch(console.error)
}

/** What is known of it; null: it was never begun, or too long ago. */
export async function importOf(provider: ProviderScope, id: string) {
  const found = heldBy(provider, id)
  if (found === undefined) {
    const told = await progressOf(providedStores().registry, provider, id)
    return told === undefined ? null : { ...told, counts: null, unused: [] }
  }
  const { counts, refused, state, unused } = found
  return { ...progressIn(found), state, counts, refused, unused }
}
