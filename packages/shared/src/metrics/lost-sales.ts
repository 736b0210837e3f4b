/**
 * Lost sales: what became of every checkout that asked for Huabei, and what its refusal cost.
 *
 * Net lost sales N = Σ abandoned a + Σ downsized (a − p), over checkouts declined for a reason of the unsupported group.
 * Low bound: of the abandoned only those that the till reported as such. High bound: N + Σ unknown a.
 * Always: Σ unsupported a = Σ recovered a + Σ deferred a + Σ downsized p + N + Σ unknown a + Σ open a.
 * Abandonment rate = abandoned ÷ (unsupported − unknown − open), with Wilson's interval; null below 20 checkouts.
 * (Contract sections 5 to 7. Amounts are fen and exact to 2^53.)
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { catalogue, groupOf, reasonOf, type OwnCodes, type Reason, type ReasonGroup } from '../events/reasons.ts'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { askedCheckouts, outcomes, type Outcome } from './checkouts.ts'
import { intervalsOf, spanOf, type DateRange, type Interval, type IntervalName } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'
import { wilson } from './wilson.ts'

export interface Volume {
  checkouts: number
  /** Σ a, fen. */
  amount: number
}

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

export interface LostSales {
  merchantNo: string
  currency: 'CNY'
  timeZone: string
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
  from: string
  to: string
  basis: Record<string, Basis>
  totals: LostSalesTotals
  series: LostSalesInterval[]
  reasons: LostSalesReason[]
}

export type Basis = 'observed' | 'bound' | 'estimate'

export interface LostSalesParameters {
  range: DateRange
  interval: IntervalName
  ownCodes: OwnCodes
  /** UTC milliseconds. */
  now: number
}

const settlesAfterMs = 24 * 3_600_000
const fewestForRate = 20

const rowSchema = Type.Object({
  bucket: Type.Number(),
  state: Type.Enum(['approved', 'pending', 'declined']),
  outcome: Type.Enum([...outcomes]),
  refused: Type.Boolean(),
  codeSystem: Type.String(),
  codeValue: Type.String(),
  channelDisabled: Type.Boolean(),
  cause: Type.String(),
  explicit: Type.Boolean(),
  checkouts: Type.Integer(),
  amount: Type.Integer(),
  paid: Type.Integer(),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

const minuteMs = 60_000

/**
 * The start of the interval that t₀ lies in. Intervals begin on whole minutes (a century ago not in every zone, but no event
 * is as old), and are sent as such: a server takes at most 128 KiB in a parameter, and 400 days have 9,600 hours.
 */
const bucketOf = (intervals: readonly Interval[]) =>
  sql`roundDown(t0, arrayMap(minute -> minute * ${minuteMs}, ${intervals.map(({ from }) => Math.floor(from / minuteMs))}))`

/** One row for every interval, state, outcome and evidence that occurred. */
export function lostSalesQuery(merchant: MerchantScope, intervals: readonly Interval[], range: DateRange, now: number) {
  return sql<Row>`
    SELECT ${bucketOf(intervals)} AS bucket,
      state, outcome, toBool(refused) AS refused, codeSystem, codeValue, channelDisabled, cause,
      toBool(abandonedExplicitly) AS explicit,
      count() AS checkouts, sum(a) AS amount, sum(paid) AS paid
    FROM (${askedCheckouts(merchant, spanOf(range, merchant.timeZone), now)})
    GROUP BY bucket, state, outcome, refused, codeSystem, codeValue, channelDisabled, cause, explicit`
}

export async function lostSales(
  { db }: EventStore,
  merchant: MerchantScope,
  { range, interval, ownCodes, now }: LostSalesParameters,
): Promise<LostSales> {
  const intervals = intervalsOf(range, merchant.timeZone, interval)
  const { rows } = await lostSalesQuery(merchant, intervals, range, now).execute(db)

  const totals = noFigures()
  const series = intervals.map(({ start, to }) => ({ start, settled: to + settlesAfterMs <= now, ...noFigures() }))
  const position = new Map(intervals.map(({ from }, i) => [from, i]))
  const byReason = new Map<Reason, LostSalesReason>()
  for (const row of parsedRows('lost sales', rowCheck, rows)) {
    const reason = row.state === 'declined' ? reasonOf(evidenceOf(row), ownCodes) : undefined
    addRow(totals, row, reason)
    const figures = series[position.get(row.bucket) ?? -1]
    if (figures === undefined) throw new Error('lost sales: a checkout outside every interval')
    addRow(figures, row, reason)
    if (reason !== undefined) addReason(byReason, row, reason)
  }
  return {
    merchantNo: merchant.merchantNo,
    currency: 'CNY',
    timeZone: merchant.timeZone,
    asOf: new Date(now).toISOString(),
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

const evidenceOf = (row: Row) => ({
  code: row.refused ? { system: row.codeSystem, value: row.codeValue } : null,
  channelDisabled: row.channelDisabled,
  cause: row.cause === '' ? null : causeOf(row.cause),
})

function causeOf(cause: string): Reason {
  if (!Object.hasOwn(catalogue, cause)) throw new Error('lost sales: a declared cause that is no reason')
  return cause as Reason
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

function addRow(figures: LostSalesFigures, row: Row, reason: Reason | undefined): void {
  add(figures.attempted, row)
  add(figures[row.state], row)
  if (reason === 'UNMAPPED') add(figures.unmapped, row)
  if (reason === undefined || groupOf(reason) !== 'unsupported') return
  add(figures.unsupported, row)
  add(figures.outcomes[row.outcome], row)
  if (row.outcome === 'downsized') figures.outcomes.downsized.paid += row.paid
  const lost = lostOf(row)
  figures.netLost.amount += lost
  figures.netLost.low += row.outcome === 'abandoned' && !row.explicit ? 0 : lost
  figures.netLost.high += row.outcome === 'unknown' ? row.amount : lost
}

/** What an unsupported row adds to N. */
function lostOf(row: Row): number {
  if (row.outcome === 'abandoned') return row.amount
  return row.outcome === 'downsized' ? row.amount - row.paid : 0
}

function addReason(byReason: Map<Reason, LostSalesReason>, row: Row, reason: Reason): void {
  const group = groupOf(reason)
  let entry = byReason.get(reason)
  if (entry === undefined) {
    entry = { reason, group, ...noVolume(), netLost: group === 'unsupported' ? { amount: 0 } : null }
    byReason.set(reason, entry)
  }
  add(entry, row)
  if (entry.netLost !== null) entry.netLost.amount += lostOf(row)
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
