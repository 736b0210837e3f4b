/**
 * What the newest events of many merchants' terminals say of each, in one question to the store: whether it still speaks,
 * what never arrived, how late it sends, how far its clock is off. It is what terminal-health.ts tells of one merchant, for
 * a hundred thousand terminals; where the two differ it is said here.
 *
 * An event is one (time, sequence) of a terminal: of so many no id is read, and two in one millisecond without a number
 * count once.
 *
 * `missing` is the sum of the gaps as completeness-numbers.ts defines runs and gaps, so a counter that began again makes none.
 * A gap counts once the event that follows it is ten minutes old: the numbers may still be under way, by another connection.
 *
 * What a terminal hands over at first contact is its **history**, and no lateness: nobody could have had it sooner. These are the
 * events that happened before the first of its last 30 days' events arrived, its clock put right by `clockOffsetMs`. A fleet that
 * moves here with a month of history would otherwise be late for a week. terminal-health.ts, which tells how long events took
 * and judges nothing, counts them.
 */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { upToNow, utcDay } from './completeness-events.ts'
import { missedTwelfths, silentFrom } from './completeness-silence.ts'
import { parsedRows } from './parsed-rows.ts'
import { amongTenants } from './tenants.ts'

export interface HeardTerminal {
  merchantNo: string
  terminalNo: string
  /** UTC milliseconds: by the terminal's own clock, and by ours. */
  lastEventAt: number
  lastArrivedAt: number
  /** Events of the last 30 days, and of the last 7. */
  received: number
  thisWeek: number
  /** Quiet for longer than its habit allows, and in how many of the hours since it would usually have been heard. */
  silent: boolean
  missedHours: number
  /** Numbers that never arrived, in 30 days; null where it sends none. */
  missing: number | null
  /** Of the last 7 days, milliseconds; null without an event in them. */
  clockOffsetMs: number | null
  /** Events of `thisWeek` that are history. Without them, and null where nothing else is left: how late. */
  history: number
  medianLateMs: number | null
  p95LateMs: number | null
}

const day = 24 * 3_600_000
const underWayMs = 10 * 60_000
/** What is told of the past reaches so far back. */
export const heardWithinMs = 30 * day

const whole = Type.Integer()
const rowSchema = Type.Object({
  merchantNo: Type.String(),
  /** In the order of `toldOf`. */
  terminals: Type.Array(
    Type.Tuple([Type.String(), whole, whole, whole, whole, whole, whole, whole, whole, whole, whole, whole]),
  ),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

const toldOf = sql`(terminalNo, lastEventAt, lastArrivedAt, received, thisWeek, missedTwelfths, numbered, missing,
        clockOffsetMs, history, medianDelay, p95Delay)`

/** The elements of an array column, each moved on by one place; the first one twice. */
const before = (column: string): RawBuilder<unknown> =>
  sql`arrayShiftRight(${sql.ref(column)}, 1, ${sql.ref(column)}[1])`

/**
 * One row a merchant. A terminal's events are gathered into an array and looked at there: to group a fleet's events by
 * themselves takes three times as long. `events` has all copies as (time, sequence, received), in order; `firsts` the first copy
 * of each; `counted` those with a number; `inRuns` these by number, as (run, sequence, time).
 */
export function fleetHealthQuery(merchants: readonly MerchantScope[], now: number) {
  const [from, to] = [now - heardWithinMs + 1, upToNow(now)]
  const timed = sql`${amongTenants(merchants)} AND time >= ${from} AND time < ${to}`
  const terminals = sql`
    SELECT merchantNo, terminalNo, arraySort(groupArray((time, sequence, receivedAt))) AS events
    FROM (
      SELECT merchantNo, terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM checkout_events
      WHERE ${timed} AND day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to)})
      UNION ALL
      SELECT merchantNo, terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt
      FROM terminal_reports
      WHERE ${timed}
    )
    GROUP BY merchantNo, terminalNo`
  return sql<Row>`
    SELECT merchantNo, groupArray(${toldOf}) AS terminals
    FROM (
      SELECT merchantNo, terminalNo,
        arrayFilter((e, previous, place) -> place = 1 OR e.1 != previous.1 OR e.2 != previous.2,
          events, ${before('events')}, arrayEnumerate(events)) AS firsts,
        length(firsts) AS received, firsts[-1].1 AS lastEventAt, arrayMax(firsts.3) AS lastArrivedAt,
        arrayFilter(e -> e.1 > ${now - 7 * day}, firsts) AS week,
        length(week) AS thisWeek,
        if(thisWeek = 0, 0, arrayMin(e -> e.3 - e.1, week)) AS clockOffsetMs,
        arrayMin(firsts.3) AS firstArrivedAt,
        arrayMap(e -> e.3 - e.1, arrayFilter(e -> e.1 + clockOffsetMs >= firstArrivedAt, week)) AS delays,
        thisWeek - length(delays) AS history,
        arrayReduce('quantileExact(0.5)', delays) AS medianDelay,
        arrayReduce('quantileExact(0.95)', delays) AS p95Delay,
        arraySort(arrayDistinct(arrayMap(e -> intDiv(e.3, 3600000), firsts))) AS hours,
        ${missedTwelfths(sql`hours`, now)} AS missedTwelfths,
        arrayFilter(e -> e.2 >= 0, firsts) AS counted,
        length(counted) AS numbered,
        counted.1 AS times, counted.2 AS sequences, counted.3 AS arrivals,
        arrayCumSum(arrayMap((s, a, previous, previousArrived) -> previous > 2 * s AND previousArrived <= a,
          sequences, arrivals, ${before('sequences')}, ${before('arrivals')})) AS runs,
        arraySort(arrayZip(runs, sequences, times)) AS inRuns,
        arraySum((n, previous) -> if(n.1 = previous.1 AND n.3 <= ${now - underWayMs}, greatest(0, n.2 - previous.2 - 1), 0),
          inRuns, ${before('inRuns')}) AS missing
      FROM (${terminals})
    )
    GROUP BY merchantNo`
}

/** Every terminal that was heard in the last 30 days. @param merchants at least one. */
export async function fleetHealth(
  { db }: EventStore,
  merchants: readonly MerchantScope[],
  now: number,
): Promise<HeardTerminal[]> {
  const { rows } = await fleetHealthQuery(merchants, now).execute(db)
  return parsedRows('fleet health', rowCheck, rows).flatMap(({ merchantNo, terminals }) =>
    terminals.map((told) => terminalOf(merchantNo, told)),
  )
}

function terminalOf(merchantNo: string, told: Row['terminals'][number]): HeardTerminal {
  const [terminalNo, lastEventAt, lastArrivedAt, received, thisWeek, missed, numbered, missing, ...delays] = told
  const [offset, history, median, p95] = delays
  const isKnown = thisWeek > history
  return {
    merchantNo,
    terminalNo,
    lastEventAt,
    lastArrivedAt,
    received,
    thisWeek,
    silent: missed >= silentFrom,
    missedHours: Math.floor(missed / 12),
    missing: numbered === 0 ? null : missing,
    clockOffsetMs: thisWeek > 0 ? offset : null,
    history,
    medianLateMs: isKnown ? median - offset : null,
    p95LateMs: isKnown ? p95 - offset : null,
  }
}

const lastSchema = Type.Object({
  merchantNo: Type.String(),
  terminals: Type.Array(Type.Tuple([Type.String(), whole])),
})
type LastRow = Static<typeof lastSchema>
const lastCheck = Compile(lastSchema)

/** When each terminal of these merchants last spoke, by its own clock, of all of time. */
export const lastHeardQuery = (merchants: readonly MerchantScope[]) => sql<LastRow>`
    SELECT merchantNo, groupArray((terminalNo, lastEventAt)) AS terminals
    FROM (
      SELECT merchantNo, terminalNo, max(newest) AS lastEventAt
      FROM (
        SELECT merchantNo, terminalNo, max(time) AS newest
        FROM checkout_events WHERE ${amongTenants(merchants)} GROUP BY merchantNo, terminalNo
        UNION ALL
        SELECT merchantNo, terminalNo, max(time)
        FROM terminal_reports WHERE ${amongTenants(merchants)} GROUP BY merchantNo, terminalNo
      )
      GROUP BY merchantNo, terminalNo
    )
    GROUP BY merchantNo`

/** Of each terminal that ever spoke, UTC milliseconds by `<merchantNo> <terminalNo>`. */
export async function lastHeard(
  { db }: EventStore,
  merchants: readonly MerchantScope[],
): Promise<ReadonlyMap<string, number>> {
  if (merchants.length === 0) return new Map()
  const { rows } = await lastHeardQuery(merchants).execute(db)
  return new Map(
    parsedRows('last heard', lastCheck, rows).flatMap(({ merchantNo, terminals }) =>
      terminals.map(([terminalNo, at]) => [`${merchantNo} ${terminalNo}`, at] as const),
    ),
  )
}
