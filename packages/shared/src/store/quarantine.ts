/** The quarantine as it is read (contract section 4). Entries are kept for thirty days; `migrations/002_quarantine.sql`. */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { refusalCodes, type RefusalCode } from '../events/refusal.ts'
import { parsedRows } from '../metrics/parsed-rows.ts'
import type { Principal } from '../registry/keys.ts'
import type { QuarantineScope } from '../registry/scope.ts'
import type { EventStore } from './connect.ts'
import type { QuarantineRow } from './tables.ts'

const keptMs = 30 * 24 * 3_600_000

const entrySchema = Type.Object({
  poster: Type.String(),
  id: Type.String(),
  keyId: Type.String(),
  merchantNo: Type.String(),
  source: Type.String(),
  code: Type.Enum([...refusalCodes]),
  pointer: Type.String(),
  detail: Type.String(),
  event: Type.String(),
  receivedAt: Type.Integer(),
})
export type QuarantineEntry = Static<typeof entrySchema>
const entryCheck = Compile(entrySchema)

/** Which entries: all of these must hold. */
export interface QuarantineFilter {
  /** UTC milliseconds, the first inclusive, the second exclusive. */
  from?: number
  until?: number
  code?: RefusalCode
  merchantNo?: string
  ids?: readonly string[]
}

/** A place in the list, the newest entry first. */
export interface Place {
  receivedAt: number
  id: string
}

export function quarantineQuery(
  { poster }: QuarantineScope,
  filter: QuarantineFilter,
  after: Place | undefined,
  limit: number,
  now: number,
) {
  const wanted: RawBuilder<unknown>[] = [sql`receivedAt > takenAt`, sql`receivedAt > ${now - keptMs}`]
  if (poster !== undefined) wanted.push(sql`poster = ${poster}`)
  if (filter.from !== undefined) wanted.push(sql`receivedAt >= ${filter.from}`)
  if (filter.until !== undefined) wanted.push(sql`receivedAt < ${filter.until}`)
  if (filter.code !== undefined) wanted.push(sql`code = ${filter.code}`)
  if (filter.merchantNo !== undefined) wanted.push(sql`merchantNo = ${filter.merchantNo}`)
  if (filter.ids !== undefined) wanted.push(sql`has(${filter.ids}, id)`)
  if (after !== undefined) wanted.push(sql`(receivedAt, id) < (${after.receivedAt}, ${after.id})`)
  return sql<QuarantineEntry>`
    SELECT poster, id, keyId, merchantNo, source, code, pointer, detail, event, toInt64(receivedAt) AS receivedAt
    FROM quarantine FINAL
    WHERE ${sql.join(wanted, sql` AND `)}
    ORDER BY receivedAt DESC, id DESC
    LIMIT ${limit}`
}

/** At most `limit` entries of the scope, the newest first, from `after` on. */
export async function quarantined(
  { db }: EventStore,
  scope: QuarantineScope,
  filter: QuarantineFilter,
  after: Place | undefined,
  limit: number,
): Promise<QuarantineEntry[]> {
  if (filter.ids?.length === 0) return []
  const { rows } = await quarantineQuery(scope, filter, after, limit, Date.now()).execute(db)
  return parsedRows('quarantine', entryCheck, rows)
}

const countSchema = Type.Object({
  code: Type.Enum([...refusalCodes]),
  entries: Type.Integer(),
  sources: Type.Integer(),
  newest: Type.Integer(),
})
export type QuarantineCount = Static<typeof countSchema>
const countCheck = Compile(countSchema)

/** What the scope's entries were refused for: how many, of how many sources, the newest (UTC milliseconds); most first. */
export async function quarantineCounts({ db }: EventStore, { poster }: QuarantineScope): Promise<QuarantineCount[]> {
  const ofPoster = poster === undefined ? sql`` : sql`AND poster = ${poster}`
  const { rows } = await sql<QuarantineCount>`
    SELECT code, count() AS entries, uniqExact(source) AS sources, toInt64(max(receivedAt)) AS newest
    FROM quarantine FINAL
    WHERE receivedAt > takenAt AND receivedAt > ${Date.now() - keptMs} ${ofPoster}
    GROUP BY code ORDER BY entries DESC, code`.execute(db)
  return parsedRows('quarantine counts', countCheck, rows)
}

/** Takes entries off the list. One that was refused again since it was read stays. */
export const takeOut = (store: EventStore, entries: readonly QuarantineEntry[]): Promise<void> =>
  store.insert(
    'quarantine',
    entries.map((entry): QuarantineRow => ({ ...entry, takenAt: entry.receivedAt })),
  )

export interface Replayed {
  accepted: number
  stillRefused: number
}

/** Runs the entries of the scope that the filter names through the ingest again, with the rights of the principal. */
export type Replay = (principal: Principal, scope: QuarantineScope, filter: QuarantineFilter) => Promise<Replayed>

const heldSchema = Type.Object({ entries: Type.Integer(), bytes: Type.Integer() })
export type Held = Static<typeof heldSchema>
const heldCheck = Compile(heldSchema)

/** How much of what a key posted is held. */
export async function heldOf({ db }: EventStore, poster: string, keyId: string): Promise<Held> {
  const { rows } = await sql<Held>`
    SELECT count() AS entries, toInt64(sum(length(event))) AS bytes
    FROM quarantine FINAL
    WHERE poster = ${poster} AND keyId = ${keyId} AND receivedAt > takenAt AND receivedAt > ${Date.now() - keptMs}
  `.execute(db)
  const [held] = parsedRows('held in quarantine', heldCheck, rows)
  return held ?? { entries: 0, bytes: 0 }
}
