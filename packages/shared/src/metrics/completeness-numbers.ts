/**
 * What the numbers say that a terminal gives its events: which never arrived, and where its counter began again.
 *
 * Numbers are read from 30 days before the range to a day after it: so a gap across the first midnight is seen, and a
 * number that a wrong clock put behind the last one is not called missing.
 *
 * In the order of their times (at one time, of their numbers) a number that is less than half of the one before it, and
 * did not arrive before it, is a **restart**: the counter began again, as after a reset of the till. A clock that was
 * set back makes none, as its numbers go down by little, nor does a single time far in the past, as the numbers around
 * it arrived long before. Restarts divide the numbers into **runs**.
 *
 * A **gap** is a stretch of numbers absent between two that are next to each other in a run; it belongs to the day of
 * the event that follows it by number. A number that events of more than one time carry in a run is **repeated**: the
 * earliest of the times counts, and the day of that one.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import type { Span } from './derivation.ts'
import { arrivedNumbers } from './completeness-events.ts'
import { parsedRows } from './parsed-rows.ts'

export interface Gap {
  /** The first and the last number absent. */
  from: string
  to: string
  missing: number
  /** RFC 3339: the times of the events with the number before and after it; a clock set back turns them round. */
  after: string
  before: string
}

export interface Restart {
  /** RFC 3339: the time of the first event of the new count. */
  at: string
  number: string
  /** The number before it, by time. */
  previous: string
}

export interface Numbers {
  /** All there are in the range; of each kind at most `longestList` are told one by one. */
  counts: { gaps: number; restarts: number; repeated: number }
  /** The largest, of equal ones the newest; listed with the newest first. */
  gaps: Gap[]
  /** The newest, newest first. */
  restarts: Restart[]
  /** Numbers missing by the first millisecond of the local day that they belong to; days without are left out. */
  missing: ReadonlyMap<number, number>
}

export const longestList = 1_000

const day = 24 * 3_600_000

const rowSchema = Type.Object({
  gapDays: Type.Array(Type.Integer()),
  gapDaysMissing: Type.Array(Type.Integer()),
  gapCount: Type.Integer(),
  restartCount: Type.Integer(),
  repeatedCount: Type.Integer(),
  /** Missing and the time after, negative so that the largest come first; first and last number; the time before. */
  gaps: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.String(), Type.String(), Type.Integer()])),
  restarts: Type.Array(Type.Tuple([Type.Integer(), Type.String(), Type.String()])),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/**
 * One row. The steps: `inTime`, a row for each number at each time, with the number before it; `runs`, the same with
 * the run they belong to; `numbers`, a row for each number of a run; `neighbours`, the same with the number below it.
 */
export function numbersQuery(merchant: MerchantScope, terminalNo: string, days: readonly Span[]) {
  const span = { from: days[0]?.from ?? 0, to: days.at(-1)?.to ?? 0 }
  const inTime = sql`
    SELECT time, sequence,
      lagInFrame(sequence, 1, sequence) OVER byTime AS previous,
      lagInFrame(arrived, 1, arrived) OVER byTime AS previousArrived,
      previous > 2 * sequence AND previousArrived <= arrived AS restarts
    FROM (${arrivedNumbers(merchant, { from: span.from - 30 * day, to: span.to + day }, terminalNo)})
    WINDOW byTime AS (ORDER BY time, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  const runs = sql`
    SELECT *, sum(restarts) OVER (ORDER BY time, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM (${inTime})`
  const numbers = sql`
    SELECT run, sequence, min(time) AS at, max(restarts) AS restarted, argMin(previous, time) AS restartedFrom,
      count() > 1 AS repeated
    FROM (${runs}) GROUP BY run, sequence`
  const neighbours = sql`
    SELECT *,
      lagInFrame(sequence, 1, sequence - 1) OVER byNumber AS below,
      lagInFrame(at, 1, at) OVER byNumber AS belowAt,
      sequence - below - 1 AS missing
    FROM (${numbers})
    WINDOW byNumber AS (PARTITION BY run ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  return sql<Row>`
    SELECT
      sumMapIf([roundDown(at, ${days.map(({ from }) => from)})], [missing], missing > 0) AS missingByDay,
      missingByDay.1 AS gapDays, missingByDay.2 AS gapDaysMissing,
      countIf(missing > 0) AS gapCount, countIf(restarted) AS restartCount, countIf(repeated) AS repeatedCount,
      groupArraySortedIf(${sql.lit(longestList)})(
        (-missing, -at, toString(below + 1), toString(sequence - 1), belowAt), missing > 0) AS gaps,
      groupArraySortedIf(${sql.lit(longestList)})(
        (-at, toString(sequence), toString(restartedFrom)), restarted) AS restarts
    FROM (${neighbours})
    WHERE at >= ${span.from} AND at < ${span.to} AND (missing > 0 OR restarted OR repeated)`
}

/** @param days the local days of the range, in order and without a gap. */
export async function numbers(
  { db }: EventStore,
  merchant: MerchantScope,
  terminalNo: string,
  days: readonly Span[],
): Promise<Numbers> {
  const { rows } = await numbersQuery(merchant, terminalNo, days).execute(db)
  const [row] = parsedRows('numbers', rowCheck, rows)
  if (row === undefined) throw new Error('numbers: no row')
  const time = (ms: number) => new Date(ms).toISOString()
  return {
    counts: { gaps: row.gapCount, restarts: row.restartCount, repeated: row.repeatedCount },
    gaps: row.gaps
      .sort(([, a], [, b]) => a - b)
      .map(([missing, at, from, to, belowAt]) => ({
        from,
        to,
        missing: -missing,
        after: time(belowAt),
        before: time(-at),
      })),
    restarts: row.restarts.map(([at, number, previous]) => ({ at: time(-at), number, previous })),
    missing: new Map(row.gapDays.map((dayStart, i) => [dayStart, row.gapDaysMissing[i] ?? 0])),
  }
}
