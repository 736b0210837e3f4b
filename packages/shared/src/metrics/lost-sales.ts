/**
 * Lost sales: what became of every checkout that asked for Huabei, and what its refusal cost.
 *
 * Net lost sales N = Σ abandoned a + Σ downsized (a − p), over checkouts declined for a reason of the unsupported group.
 * Low bound: of the abandoned only those that the till reported as such. High bound: N + Σ unknown a.
 * Always: Σ unsupported a = Σ recovered a + Σ deferred a + Σ downsized p + N + Σ unknown a + Σ open a.
 * Abandonment rate = abandoned ÷ (unsupported − unknown − open), with Wilson's interval; null below 20 checkouts.
 * (Contract sections 5 to 7. Amounts are fen and exact to 2^53.)
 */

import { sql, type RawBuilder } from 'kysely'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { groupOf, type Reason, type ReasonGroup } from '../events/reasons.ts'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Basis, FigureParameters, MerchantAnswer, Volume } from './answer.ts'
import { leftBy, type Filters } from './breakdown.ts'
import { everDeclared } from './declared-causes.ts'
import { intervalsOf, spanOf, type DateRange, type Interval, type IntervalName } from './intervals.ts'
import { withSales } from './newest-sales.ts'
import {
  addRow,
  addVolume,
  alike,
  alikeQuery,
  noFigures,
  noVolume,
  outcomeBasis,
  type Alike,
  type OutcomeFigures,
} from './outcome-figures.ts'
import { parsedRows } from './parsed-rows.ts'
import { wilson } from './wilson.ts'

export interface LostSalesTotals extends OutcomeFigures {
  /** `checkouts` is the denominator; the rest is null below 20 of them. */
  abandonmentRate: { value: number | null; low: number | null; high: number | null; checkouts: number }
}

export interface LostSalesInterval extends OutcomeFigures {
  start: string
  /** False while an abandoned checkout of it can still become deferred. */
  settled: boolean
}

export interface LostSalesReason extends Volume {
  reason: Reason
  group: ReasonGroup
  /** Null outside the unsupported group. */
  netLost: { amount: number } | null
}

export interface LostSales extends MerchantAnswer {
  totals: LostSalesTotals
  series: LostSalesInterval[]
  reasons: LostSalesReason[]
}

const settlesAfterMs = 24 * 3_600_000
const fewestForRate = 20

const rowCheck = Compile(Type.Object({ bucket: Type.Number(), ...alike }))

const minuteMs = 60_000

/**
 * The start of the interval that `at` lies in. Intervals begin on whole minutes (a century ago not in every zone, but no event
 * is as old), and are sent as such: a server takes at most 128 KiB in a parameter, and 400 days have 9,600 hours.
 */
export const bucketOf = (intervals: readonly Pick<Interval, 'from'>[]): RawBuilder<number> =>
  sql`roundDown(at, arrayMap(minute -> minute * ${minuteMs}, ${intervals.map(({ from }) => Math.floor(from / minuteMs))}))`

interface LostSalesParameters extends Omit<FigureParameters, 'range'> {
  interval: IntervalName
  /** Of which checkouts, as in a breakdown; default: of all. */
  filters?: Filters
}

export async function lostSales(
  store: EventStore,
  merchant: MerchantScope,
  { range, ...parameters }: LostSalesParameters & { range: DateRange },
): Promise<LostSales> {
  const [figures] = await lostSalesOf(store, merchant, [range], parameters)
  return figures
}

/** Of several ranges in one reading. @param ranges at least one, in order, none touching a day of another. */
export async function lostSalesOf<const Ranges extends readonly DateRange[]>(
  store: EventStore,
  merchant: MerchantScope,
  ranges: Ranges,
  { interval, filters = {}, ownCodes, now, mayLag }: LostSalesParameters,
): Promise<{ [Place in keyof Ranges]: LostSales }> {
  const { timeZone } = merchant
  const counts = ranges.map((range) => countOf(range, intervalsOf(range, timeZone, interval), now))
  const spans = ranges.map((range) => spanOf(range, timeZone))
  const span = { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) }
  // What lies between two ranges begins where the first of them ends, and is not counted.
  const gaps = spans.slice(0, -1).map(({ to }) => ({ from: to }))
  const starts = [...counts.flatMap(({ intervals }) => intervals), ...gaps].sort((a, b) => a.from - b.from)

  const settled = await settledFor(store, [merchant], mayLag)
  const { reader } = settled
  const [declares, sold] = await Promise.all([
    everDeclared(reader, [merchant]),
    withSales({ tenants: [merchant], span, settled }),
  ])
  const question = { ...sold, ownCodes, now, declares }
  const { rows } = await alikeQuery(question, bucketOf(starts), leftBy(filters, span, timeZone)).execute(reader.db)
  for (const row of parsedRows('lost sales', rowCheck, rows)) {
    const count = counts.find(({ position }) => position.has(row.bucket))
    if (count !== undefined) addTo(count, row)
    else if (!gaps.some(({ from }) => from === row.bucket)) {
      throw new Error('lost sales: a checkout outside every interval')
    }
  }
  const answers = counts.map(({ range, totals, series, byReason }): LostSales => ({
    merchantNo: merchant.merchantNo,
    currency: 'CNY',
    timeZone,
    asOf: new Date(settled.asOf).toISOString(),
    ...range,
    basis: lostSalesBasis,
    totals: { ...totals, abandonmentRate: abandonmentRate(totals) },
    series,
    reasons: [...byReason.values()].sort(
      (a, b) =>
        (b.netLost?.amount ?? -1) - (a.netLost?.amount ?? -1) || b.amount - a.amount || (a.reason < b.reason ? -1 : 1),
    ),
  }))
  return answers as { [Place in keyof Ranges]: LostSales }
}

type Row = Alike & { bucket: number }

/** What the rows of a range are added up to. */
const countOf = (range: DateRange, intervals: readonly Interval[], now: number) => ({
  range,
  intervals,
  /** By the start of an interval. */
  position: new Map(intervals.map(({ from }, i) => [from, i])),
  totals: noFigures(),
  series: intervals.map(({ start, to }) => ({ start, settled: to + settlesAfterMs <= now, ...noFigures() })),
  byReason: new Map<Reason, LostSalesReason>(),
})

function addTo({ position, totals, series, byReason }: ReturnType<typeof countOf>, row: Row): void {
  addRow(totals, row)
  const figures = series[position.get(row.bucket) ?? -1]
  if (figures !== undefined) addRow(figures, row)
  if (row.reason !== '') addReason(byReason, row, row.reason)
}

function addReason(byReason: Map<Reason, LostSalesReason>, row: Alike, reason: Reason): void {
  const group = groupOf(reason)
  let entry = byReason.get(reason)
  if (entry === undefined) {
    entry = { reason, group, ...noVolume(), netLost: group === 'unsupported' ? { amount: 0 } : null }
    byReason.set(reason, entry)
  }
  addVolume(entry, row)
  if (entry.netLost !== null) entry.netLost.amount += row.lost
}

function abandonmentRate({ unsupported, outcomes }: OutcomeFigures): LostSalesTotals['abandonmentRate'] {
  const checkouts = unsupported.checkouts - outcomes.unknown.checkouts - outcomes.open.checkouts
  if (checkouts < fewestForRate) return { value: null, low: null, high: null, checkouts }
  const abandoned = outcomes.abandoned.checkouts
  return { value: abandoned / checkouts, ...wilson(abandoned, checkouts), checkouts }
}

/** What each figure is: counted from events, a bound on what could not be seen, or an estimate from a sample. */
export const lostSalesBasis: Record<string, Basis> = {
  ...outcomeBasis,
  'abandonmentRate.value': 'observed',
  'abandonmentRate.low': 'estimate',
  'abandonmentRate.high': 'estimate',
  'abandonmentRate.checkouts': 'observed',
  'reasons.checkouts': 'observed',
  'reasons.amount': 'observed',
  'reasons.netLost.amount': 'observed',
}
