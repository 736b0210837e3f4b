/**
 * Imports of a provider that somebody has begun on its pages: read and previewed, then written, row by row. They are held in
 * this process until they are half an hour old; what is written stays written, and the same file again changes nothing. How
 * far one came outlives the process, in the registry.
 */

import { randomUUID } from 'node:crypto'
import { setImmediate as others } from 'node:timers/promises'
import { progressOf, tellProgress, type ImportProgress } from '@tillsight/shared/registry/import-progress.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { InvalidRecord, type RecordProblem } from '@tillsight/shared/registry/records.ts'
import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { verdictsOn } from '#api/import-preview.ts'
import { takeNext, type ReadRow } from '#api/import-rows.ts'

interface RefusedRow {
  /** Data rows count from 1. */
  row: number
  pointer: string
  problem: RecordProblem
}

type Counts = Record<'merchant' | 'terminal', Record<'new' | 'changed' | 'same', number>>

interface Import {
  id: string
  providerId: string
  file: string
  begunAt: number
  state: 'previewed' | 'running' | 'done' | 'failed'
  counts: Counts
  refused: RefusedRow[]
  /** Rows to write, those that are written, and where each stands in the file. */
  toWrite: { row: number; record: ReadRow }[]
  written: number
}

const heldForMs = 30 * 60_000
const heldAtMost = 16

const held = new Map<string, Import>()

/** One for each provider: a new one takes the place of the last. Undefined while one is being written. */
export async function previewImport(
  { providerId }: ProviderScope,
  principal: Principal,
  file: string,
  rows: readonly ReadRow[],
): Promise<string | undefined> {
  if (held.get(providerId)?.state === 'running') return undefined
  const verdicts = await verdictsOn(providedStores().registry, principal, rows)
  const counts: Counts = {
    merchant: { new: 0, changed: 0, same: 0 },
    terminal: { new: 0, changed: 0, same: 0 },
  }
  const refused: RefusedRow[] = []
  const toWrite: Import['toWrite'] = []
  for (const [i, verdict] of verdicts.entries()) {
    const row = i + 1
    if (verdict instanceof InvalidRecord) {
      refused.push({ row, pointer: verdict.pointer, problem: verdict.problem })
      continue
    }
    counts[verdict.kind][verdict.effect] += 1
    const record = rows[i]
    if (verdict.effect !== 'same' && record !== undefined) toWrite.push({ row, record })
  }
  const id = randomUUID()
  held.delete(providerId)
  held.set(providerId, {
    id,
    providerId,
    file,
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

function forgetOld(): void {
  for (const [providerId, { state, begunAt }] of held) {
    if (state === 'running') continue
    if (held.size > heldAtMost || Date.now() - begunAt > heldForMs) held.delete(providerId)
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
  const tell = () => tellProgress(providedStores().registry, provider, progressIn(one))
  try {
    await tell()
    let toldAt = Date.now()
    const { registry } = providedStores()
    const records = one.toWrite.map(({ record }) => record)
    for (let from = 0; from < records.length; from = one.written) {
      const taken = await takeNext(registry, principal, records, from)
      for (const [i, outcome] of taken.entries()) {
        // It was not in the preview: since then somebody changed what the row rests on.
        if (outcome instanceof InvalidRecord)
          one.refused.push({ row: one.toWrite[from + i]?.row ?? 0, pointer: outcome.pointer, problem: outcome.problem })
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
  await tell().catch(console.error)
}

const listedAtMost = 200

/** What a page tells of it; null: it was never begun, or too long ago. */
export async function importOf(provider: ProviderScope, id: string) {
  const found = heldBy(provider, id)
  if (found === undefined) {
    const told = await progressOf(providedStores().registry, provider, id)
    // Which rows were refused is known to the process that read the file.
    return told === undefined ? null : { ...told, counts: null, refused: [] }
  }
  const { counts, refused, state } = found
  return { ...progressIn(found), state, counts, refused: refused.slice(0, listedAtMost) }
}
