/**
 * Refused events that are alike: of one source, refused for one code, at one field, with one explanation. A till that is not
 * registered refuses thousands for the same cause; a person looks at it once.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { RefusalCode } from '../events/refusal.ts'
import type { QuarantineScope } from '../registry/scope.ts'
import type { EventStore } from './connect.ts'
import { quarantineQuery, type Place } from './quarantine.ts'
import { parsedRows } from '../metrics/parsed-rows.ts'

const alikeSchema = Type.Object({
  /** Names these in an address. */
  id: Type.String(),
  source: Type.String(),
  pointer: Type.String(),
  detail: Type.String(),
  entries: Type.Integer(),
  /** UTC milliseconds. */
  newest: Type.Integer(),
})
export type Alike = Static<typeof alikeSchema>
const alikeCheck = Compile(alikeSchema)

const refusedSchema = Type.Object({
  id: Type.String(),
  /** UTC milliseconds. */
  receivedAt: Type.Integer(),
  /** What is kept of it, as JSON. */
  event: Type.String(),
})
export type RefusedEntry = Static<typeof refusedSchema>
const refusedCheck = Compile(refusedSchema)

const idOf = sql`lower(hex(sipHash128(source, pointer, detail)))`
const all = 1_000_000_000

/** The scope's entries of a code as groups that are alike, at most `most`, those with most entries first. */
export async function refusedAlike(
  { db }: EventStore,
  scope: QuarantineScope,
  code: RefusalCode,
  most: number,
): Promise<Alike[]> {
  const { rows } = await sql<Alike>`
    SELECT ${idOf} AS id, source, pointer, detail, count() AS entries, max(receivedAt) AS newest
    FROM (${quarantineQuery(scope, { code }, undefined, all, Date.now())})
    GROUP BY source, pointer, detail ORDER BY entries DESC, source, pointer, detail LIMIT ${most}`.execute(db)
  return parsedRows('refused alike', alikeCheck, rows)
}

/** At most `most` of the entries in these groups of the code, the newest first, from `after` on. */
export async function refusedIn(
  { db }: EventStore,
  scope: QuarantineScope,
  code: RefusalCode,
  groups: readonly string[],
  after: Place | undefined,
  most: number,
): Promise<RefusedEntry[]> {
  if (groups.length === 0) return []
  const { rows } = await sql<RefusedEntry>`
    SELECT id, receivedAt, event
    FROM (${quarantineQuery(scope, { code }, after, all, Date.now())})
    WHERE ${idOf} IN ${groups}
    ORDER BY receivedAt DESC, id DESC LIMIT ${most}`.execute(db)
  return parsedRows('refused in groups', refusedCheck, rows)
}
