/**
 * What arrived, one row an event, for the figures that ask whether all of it did (terminal-health.ts, completeness.ts).
 *
 * An event is one (id, time, sequence) of a terminal. Copies that differ in one of these stand as events of their own,
 * as the contract has it; in what else they differ is not looked at. It arrived when its first copy did: a repeat,
 * merged by the engine or not yet, is no arrival. Its **delay** is its arrival − its `time`, which takes in how far the
 * terminal's clock is off, and is below zero where that is ahead.
 *
 * **How far the clock is off** is the smallest delay of 7 days: the event that was under way the shortest says the
 * most. **How late** an event was is its delay less that smallest one, so 0 or more: how much longer it took than the
 * quickest of its week. So a clock that is hours off, either way, makes nothing late; and what a till that was offline
 * sends a day later is a day late, as long as another event of the week came at once.
 *
 * A clock that is behind can't be told from a till that sends everything equally late: what the whole week has in
 * common is taken for the clock's. A clock that moves forward shows at once; by how much one moves back is taken for
 * lateness until the last event from before is a week old. No event's time is ever changed for it.
 */

import { sql, type RawBuilder } from 'kysely'
import { declarationPrefix } from '../registry/declarations.ts'
import type { MerchantScope } from '../registry/scope.ts'
import type { Span } from './derivation.ts'

const dayMs = 24 * 3_600_000

/** ClickHouse's `Date` ends in 2149; no event is older than 1970 or as young as that. */
export const utcDay = (ms: number): string =>
  new Date(Math.max(0, Math.min(ms, Date.UTC(2149, 0)))).toISOString().slice(0, 10)

/** No event is accepted that is timed further ahead than some minutes. */
export const upToNow = (now: number): number => now + dayMs

/**
 * The events timed in the span, as a statement to select from. Columns: `terminalNo`, `id`, `time`, `sequence` (-1:
 * none was sent), `arrived`; times are UTC milliseconds.
 * @param terminalNo only this terminal's; else of all that the merchant has.
 */
export const arrivedEvents = (merchant: MerchantScope, span: Span, terminalNo?: string): RawBuilder<unknown> =>
  firstArrivals(
    sql`terminalNo, id, time, sequence`,
    merchant,
    span,
    terminalNo === undefined ? sql`` : only(terminalNo),
  )

/**
 * The numbers that the terminal's events of the span carry, whichever events these are, so no id is read. Columns:
 * `time`, `sequence`, and `arrived`, when the first event of that time and number did.
 */
export const arrivedNumbers = (merchant: MerchantScope, span: Span, terminalNo: string): RawBuilder<unknown> =>
  firstArrivals(sql`time, sequence`, merchant, span, sql`${only(terminalNo)} AND sequence >= 0`)

/** What a person declared for the terminal says nothing of it: a condition on `terminal_reports`. */
export const ownWord = sql`NOT startsWith(id, ${sql.lit(declarationPrefix)})`

const only = (terminalNo: string): RawBuilder<unknown> => sql` AND terminalNo = ${terminalNo}`

function firstArrivals(
  columns: RawBuilder<unknown>,
  { merchantNo }: MerchantScope,
  { from, to }: Span,
  where: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const timed = sql`merchantNo = ${merchantNo} AND time >= ${from} AND time < ${to}${where}`
  return sql`
    SELECT ${columns}, min(receivedAt) AS arrived
    FROM (
      SELECT ${columns}, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE ${timed} AND day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to)})
      UNION ALL
      SELECT ${columns}, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE ${timed} AND ${ownWord}
    )
    GROUP BY ${columns}`
}
