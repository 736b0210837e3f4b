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
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { groupOf, reasons, type Reason, type ReasonGroup } from '../events/reasons.ts'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Basis, FigureParameters, MerchantAnswer, Volume } from './answer.ts'
import { judgedCheckouts, outcomes, type CheckoutsQuestion, type Outcome } from './checkouts.ts'
import { intervalsOf, spanOf, type Interval, type IntervalName } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'
import { wilson } from './wilson.ts'

export interface NetLost {
  amount: number
  low: number
  high: number
}

export interface LostSalesFigures {
  attempted: Volume
  approved: Volume
  pending: Volume
  declined: Volume
  unsupported: Volume
  /** Declined for a code that nobody has mapped to a reason yet. */
  unmapped: Volume
  /** Of the unsupported checkouts; each has exactly one. */
  outcomes: Record<Exclude<Outcome, 'downsized'>, Volume> & { downsized: Volume & { paid: number } }
  netLost: NetLost
}

export interface LostSalesTotals extends LostSalesFigures {
  /** `checkouts` is the denominator; the rest is null below 20 of them. */
  abandonmentRate: { value: number | null; low: number | null; high: number | null; checkouts: number }
}

export interface LostSalesInterval extends LostSalesFigures {
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

const rowSchema = Type.Object({
  bucket: Type.Number(),
  state: Type.Enum(['approved', 'pending', 'declined']),
  reason: Type.Enum(['', ...reasons]),
  outcome: Type.Enum(['', ...outcomes]),
  explicit: Type.Boolean(),
  checkouts: Type.Integer(),
  amount: Type.Integer(),
  paid: Type.Integer(),
  lost: Type.Integer(),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

const minuteMs = 60_000

/**
 * The start of the interval that `at` lies in. Intervals begin on whole minutes (a century ago not in every zone, but no event
 * is as old), and are sent as such: a server takes at most 128 KiB in a parameter, and 400 days have 9,600 hours.
 */
export const bucketOf = (intervals: readonly Interval[]): RawBuilder<number> =>
  sql`roundDown(at, arrayMap(minute -> minute * ${minuteMs}, ${intervals.map(({ from }) => Math.floor(from / minuteMs))}))`

/** One row for every interval, state, reason and outcome that occurred. */
export const lostSalesQuery = (question: CheckoutsQuestion, intervals: readonly Interval[]) => sql<Row>`
    SELECT ${bucketOf(intervals)} AS bucket, state, reason, outcome, toBool(explicit) AS explicit,
      count() AS checkouts, sum(a) AS amount, sum(paid) AS paid, sum(lost) AS lost
    FROM (${judgedCheckouts(question)})
    WHERE asked
    GROUP BY bucket, state, reason, outcome, explicit`

export async function lostSales(
  store: EventStore,
  merchant: MerchantScope,
  { range, interval, ownCodes, now, mayLag }: FigureParameters & { interval: IntervalName },
): Promise<LostSales> {
  const intervals = intervalsOf(range, merchant.timeZone, interval)
  const settled = await settledFor(store, [merchant], mayLag)
  const question = { tenants: [merchant], span: spanOf(range, merchant.timeZone), ownCodes, now, settled }
  const { rows } = await lostSalesQuery(question, intervals).execute(store.db)

  const totals = noFigures()
  const series = intervals.map(({ start, to }) => ({ start, settled: to + settlesAfterMs <= now, ...noFigures() }))
  const position = new Map(intervals.map(({ from }, i) => [from, i]))
  const byReason = new Map<Reason, LostSalesReason>()
  for (const row of parsedRows('lost sales', rowCheck, rows)) {
    addRow(totals, row)
    const figures = series[position.get(row.bucket) ?? -1]
    if (figures === undefined) throw new Error('lost sales: a checkout outside every interval')
    addRow(figures, row)
    if (row.reason !== '') addReason(byReason, row, row.reason)
  }
  return {
    merchantNo: merchant.merchantNo,
    currency: 'CNY',
    timeZone: merchant.timeZone,
    asOf: new Date(settled.asOf).toISOString(),
    ...range,
    basis: lostSalesBasis,
    totals: { ...totals, abandonmentRate: abandonmentRate(totals) },
    series,
    reasons: [...byReason.values()].sort(
      (a, b) =>
        (b.netLost?.amount ?? -1) - (a.netLost?.amount ?? -1) || b.amount - a.amount || (a.reason < b.reason ? -1 : 1),
    ),
  }
}

const noVolume = (): Volume => ({ checkouts: 0, amount: 0 })

const noFigures = (): LostSalesFigures => ({
  attempted: noVolume(),
  approved: noVolume(),
  pending: noVolume(),
  declined: noVolume(),
  unsupported: noVolume(),
  unmapped: noVolume(),
  outcomes: {
    recoveredInWallet: noVolume(),
    recoveredOther: noVolume(),
    downsized: { ...noVolume(), paid: 0 },
    deferred: noVolume(),
    abandoned: noVolume(),
    open: noVolume(),
    unknown: noVolume(),
  },
  netLost: { amount: 0, low: 0, high: 0 },
})

function add(volume: Volume, row: Row): void {
  volume.checkouts += row.checkouts
  volume.amount += row.amount
}

function addRow(figures: LostSalesFigures, row: Row): void {
  add(figures.attempted, row)
  add(figures[row.state], row)
  if (row.reason === 'UNMAPPED') add(figures.unmapped, row)
  if (row.outcome === '') return
  add(figures.unsupported, row)
  add(figures.outcomes[row.outcome], row)
  if (row.outcome === 'downsized') figures.outcomes.downsized.paid += row.paid
  figures.netLost.amount += row.lost
  figures.netLost.low += row.outcome === 'abandoned' && !row.explicit ? 0 : row.lost
  figures.netLost.high += row.outcome === 'unknown' ? row.amount : row.lost
}

function addReason(byReason: Map<Reason, LostSalesReason>, row: Row, reason: Reason): void {
  const group = groupOf(reason)
  let entry = byReason.get(reason)
  if (entry === undefined) {
    entry = { reason, group, ...noVolume(), netLost: group === 'unsupported' ? { amount: 0 } : null }
    byReason.set(reason, entry)
  }
  add(entry, row)
  if (entry.netLost !== null) entry.netLost.amount += row.lost
}

function abandonmentRate({ unsupported, outcomes }: LostSalesFigures): LostSalesTotals['abandonmentRate'] {
  const checkouts = unsupported.checkouts - outcomes.unknown.checkouts - outcomes.open.checkouts
  if (checkouts < fewestForRate) return { value: null, low: null, high: null, checkouts }
  const abandoned = outcomes.abandoned.checkouts
  return { value: abandoned / checkouts, ...wilson(abandoned, checkouts), checkouts }
}

/** What each figure is: counted from events, a bound on what could not be seen, or an estimate from a sample. */
export const lostSalesBasis: Record<string, Basis> = {
  ...Object.fromEntries(
    leaves(noFigures()).map(
      (path) => [path, path === 'netLost.low' || path === 'netLost.high' ? 'bound' : 'observed'] as const,
    ),
  ),
  'abandonmentRate.value': 'observed',
  'abandonmentRate.low': 'estimate',
  'abandonmentRate.high': 'estimate',
  'abandonmentRate.checkouts': 'observed',
  'reasons.checkouts': 'observed',
  'reasons.amount': 'observed',
  'reasons.netLost.amount': 'observed',
}

function leaves(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null ? leaves(inner, `${path}${key}.`) : [`${path}${key}`],
  )
}
