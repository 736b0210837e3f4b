/**
 * What one terminal sent, day by day, and what of it never arrived.
 *
 * Of every local day of the range, by the time of the events: `events`, those that arrived. `clockOffsetMs`, their
 * smallest delay over the 7 local days that end with it. `lateMs`, how late the day's events arrived, their delay less
 * that; of an even number the median is the upper of the two in the middle. `missing`, the numbers of the gaps that
 * belong to the day. Null where nothing is known: without an event, without one in 7 days, without one that has a
 * number.
 *
 * What an event, its delay and its lateness are: completeness-events.ts. Gaps, restarts and repeated numbers:
 * completeness-numbers.ts.
 */

import { sql } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import type { Span } from './derivation.ts'
import { arrivedEvents } from './completeness-events.ts'
import { numbers, type Gap, type Restart } from './completeness-numbers.ts'
import { intervalsOf, type DateRange } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'

export interface CompletenessDay {
  day: string
  events: number
  missing: number | null
  lateMs: { median: number | null; max: number | null }
  clockOffsetMs: number | null
}

export interface Completeness {
  merchantNo: string
  terminalNo: string
  timeZone: string
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
  from: string
  to: string
  days: CompletenessDay[]
  gaps: Gap[]
  restarts: Restart[]
  /** All there are in the range; of gaps and restarts at most 1,000 are told one by one. */
  counts: { gaps: number; restarts: number; repeated: number }
}

export interface CompletenessParameters {
  range: DateRange
  /** UTC milliseconds. */
  now: number
}

/** The clock of a day is measured over as many, that day the last. */
const clockDays = 7

const rowSchema = Type.Object({
  dayStart: Type.Integer(),
  events: Type.Integer(),
  numbered: Type.Integer(),
  minDelay: Type.Integer(),
  medianDelay: Type.Integer(),
  maxDelay: Type.Integer(),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** One row for each of the days that has events. */
export function completenessQuery(merchant: MerchantScope, terminalNo: string, days: readonly Span[]) {
  const span = { from: days[0]?.from ?? 0, to: days.at(-1)?.to ?? 0 }
  return sql<Row>`
    SELECT roundDown(time, ${days.map(({ from }) => from)}) AS dayStart,
      count() AS events, countIf(sequence >= 0) AS numbered,
      min(delay) AS minDelay, quantileExact(0.5)(delay) AS medianDelay, max(delay) AS maxDelay
    FROM (SELECT time, sequence, arrived - time AS delay FROM (${arrivedEvents(merchant, span, terminalNo)}))
    GROUP BY dayStart`
}

export async function completeness(
  store: EventStore,
  merchant: MerchantScope,
  terminalNo: string,
  { range, now }: CompletenessParameters,
): Promise<Completeness> {
  const earlier = Temporal.PlainDate.from(range.from).subtract({ days: clockDays - 1 })
  const read = intervalsOf({ from: earlier.toString(), to: range.to }, merchant.timeZone, 'day')
  const asked = read.slice(clockDays - 1)
  const [{ rows }, { missing, gaps, restarts, counts }] = await Promise.all([
    completenessQuery(merchant, terminalNo, read).execute(store.db),
    numbers(store, merchant, terminalNo, asked),
  ])
  const found = new Map(parsedRows('completeness', rowCheck, rows).map((row) => [row.dayStart, row]))

  return {
    merchantNo: merchant.merchantNo,
    terminalNo,
    timeZone: merchant.timeZone,
    asOf: new Date(now).toISOString(),
    ...range,
    days: asked.map(({ start, from }, i) => {
      const row = found.get(from)
      const delays = read.slice(i, i + clockDays).flatMap((day) => found.get(day.from)?.minDelay ?? [])
      const clockOffsetMs = delays.length === 0 ? null : Math.min(...delays)
      return {
        day: start,
        events: row?.events ?? 0,
        missing: row === undefined || row.numbered === 0 ? null : (missing.get(from) ?? 0),
        lateMs:
          row === undefined || clockOffsetMs === null
            ? { median: null, max: null }
            : { median: row.medianDelay - clockOffsetMs, max: row.maxDelay - clockOffsetMs },
        clockOffsetMs,
      }
    }),
    gaps,
    restarts,
    counts,
  }
}
