/**
 * Competitiveness: how a merchant stands among its peers, the merchants with its MCC in its city (contract section 7).
 *
 * acceptance  approved ÷ (attempted − pending), in checkouts
 * retention   1 − N ÷ Σ unsupported a; 1 where nothing was unsupported but something attempted
 * returnRatio the share of the unsupported checkouts with a customer that another checkout of that customer here followed,
 *             later than its t₀ and at most 28 days after, ÷ the same share of all the merchant's other checkouts
 * index       100 · geometric mean of own ÷ peer median over those of the three that are known, each held within 0.2 to 2
 * diversion   of the abandoned checkouts with a customer, the share whose customer paid at a peer within 24 h, less that share
 *             of the approved or recovered ones, with Newcombe's interval (Stat. Med. 17, 1998, method 10)
 *
 * Nobody is to learn a peer's figure. So the weeks of the range are looked at one by one, whole weeks that are over, and a
 * week counts only where its peers meet the rule below by themselves; no answer holds less than a week of five merchants, so
 * there is nothing smaller to get by subtracting two answers. Peers of other providers and of the merchant's own are never
 * mixed: what a provider registers under itself can't fill up a cohort in which it would find the one merchant it lacks.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Cohort, MerchantScope, Tenant } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Basis, FigureParameters, MerchantAnswer } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { checkoutSpanMs, deferralMs, type Span } from './derivation.ts'
import { spanOf, wholeWeeks, type Interval } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'
import { newcombe } from './wilson.ts'

export type Rule = 'range_too_short' | 'too_few_merchants' | 'dominant_merchant' | 'too_few_customers'

export interface Compared {
  own: number | null
  peerLow: number | null
  peerMedian: number | null
  peerHigh: number | null
  /** Of the peers below, ties half, in per cent. */
  percentile: number | null
}

export interface Competitiveness extends MerchantAnswer {
  /** The Mondays of the weeks that count. */
  weeks: string[]
  peers: { merchants: number | null; suppressed: boolean; rule: Rule | null }
  acceptance: Compared
  retention: Compared
  returnRatio: Compared
  index: { value: number | null }
  diversion: { value: number | null; low: number | null; high: number | null }
}

const fewestPeers = 5
const largestShare = 0.25
const fewestCustomers = 10
/** A week's outcomes are settled by then: an abandoned checkout can become deferred for 24 h. */
const settledAfterMs = 48 * 3_600_000
const returnsWithinMs = 28 * 24 * 3_600_000

type Moment = Pick<CheckoutsQuestion, 'ownCodes' | 'now' | 'settled'>

/** What the figures of one merchant in one week are made of. All are counts or sums, so weeks add up. */
const evidence = {
  attempted: Type.Integer(),
  approved: Type.Integer(),
  pending: Type.Integer(),
  unsupportedAmount: Type.Integer(),
  lost: Type.Integer(),
  /** Unsupported checkouts with a customer, and how many of them another checkout followed. */
  unsupportedKnown: Type.Integer(),
  unsupportedFollowed: Type.Integer(),
  otherKnown: Type.Integer(),
  otherFollowed: Type.Integer(),
}
type Evidence = Record<keyof typeof evidence, number>

const rowSchema = Type.Object({
  week: Type.Integer(),
  /** Empty in the row of a side. */
  merchantNo: Type.String(),
  side: Type.Enum(['', 'own', 'others', 'ours']),
  customers: Type.Integer(),
  ...evidence,
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** Those who would be the peers of a week, and which part of the rule they fail; null: none. */
interface Choice {
  merchants: string[]
  rule: Rule | null
}

/** Peers of other providers, or the other merchants of the merchant's own. */
type Side = 'others' | 'ours'

/**
 * Of every week, one row for each merchant and one for each side: `own`, `others`, `ours`.
 * @param weeks without a gap; or one span that is no week.
 */
export function cohortQuery({ own, peers }: Pick<Cohort, 'own' | 'peers'>, weeks: readonly Span[], moment: Moment) {
  const { from, to } = around(weeks)
  const question = { ...moment, tenants: [own, ...peers], span: { from, to: to + returnsWithinMs } }
  const ours = [own, ...peers].filter(({ providerId }) => providerId === own.providerId)
  return sql<Row>`
    SELECT week, merchantNo, side,
      uniqExactIf(customer, asked AND customer != 0) AS customers,
      countIf(asked) AS attempted, countIf(state = 'approved') AS approved, countIf(state = 'pending') AS pending,
      sumIf(a, unsupported) AS unsupportedAmount, sum(lost) AS lost,
      countIf(unsupported AND customer != 0) AS unsupportedKnown,
      countIf(unsupported AND customer != 0 AND followed) AS unsupportedFollowed,
      countIf(NOT unsupported AND customer != 0) AS otherKnown,
      countIf(NOT unsupported AND customer != 0 AND followed) AS otherFollowed
    FROM (
      SELECT *, roundDown(at, ${weeks.map((week) => week.from)}) AS week,
        multiIf(merchantNo = ${own.merchantNo}, 'own', merchantNo IN ${ours.map(({ merchantNo }) => merchantNo)}, 'ours', 'others') AS side,
        min(at) OVER (PARTITION BY merchantNo, customer ORDER BY at
          RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS nextAt,
        nextAt > at AND nextAt <= at + ${returnsWithinMs} AS followed
      FROM (${judgedCheckouts(question)})
    )
    WHERE at < ${to}
    GROUP BY GROUPING SETS ((week, merchantNo, side), (week, side))`
}

export async function competitiveness(
  store: EventStore,
  cohort: Cohort,
  { range, ownCodes, now, mayLag }: FigureParameters,
): Promise<Competitiveness> {
  const { own } = cohort
  const settled = await settledFor(store, [own, ...cohort.peers], mayLag)
  const moment = { ownCodes, now, settled }
  const weeks = wholeWeeks(range).filter(({ to }) => to + settledAfterMs <= now)
  const rows = weeks.length === 0 ? [] : await evidenceOf(store, cohort, weeks, moment)
  const chosen = weeks.map((week) => ({ week, ...peersOf(rows.filter((row) => row.week === week.from)) }))
  const counted = chosen.filter(({ rule }) => rule === null)
  const rule = counted.length > 0 ? null : (chosen.at(-1)?.rule ?? 'range_too_short')

  const inCounted = rows.filter((row) => counted.some(({ week }) => week.from === row.week))
  const mine =
    counted.length > 0
      ? inCounted.filter((row) => row.merchantNo === own.merchantNo)
      : await evidenceOf(store, { own, peers: [] }, [spanOf(range, own.timeZone)], moment)
  const numbers = [...new Set(counted.flatMap(({ merchants }) => merchants))]
  const theirs = numbers.map((merchantNo) => sum(inCounted.filter((row) => row.merchantNo === merchantNo)))
  const figure = sum(mine.filter((row) => row.merchantNo !== ''))
  const three = [acceptanceOf, retentionOf, returnRatioOf].map((of) => compared(of(figure), theirs.map(of)))
  const [acceptance, retention, returnRatio] = three.map(({ shown }) => shown) as [Compared, Compared, Compared]
  return {
    merchantNo: own.merchantNo,
    currency: 'CNY',
    timeZone: own.timeZone,
    asOf: new Date(settled.asOf).toISOString(),
    ...range,
    basis: competitivenessBasis,
    weeks: counted.map(({ week }) => week.start),
    peers: { merchants: counted.length > 0 ? numbers.length : null, suppressed: counted.length === 0, rule },
    acceptance,
    retention,
    returnRatio,
    index: { value: index(three.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]))) },
    diversion: await diversion(store, cohort, counted, rows, moment),
  }
}

const around = (spans: readonly Span[]): Span => ({
  from: Math.min(...spans.map(({ from }) => from)),
  to: Math.max(...spans.map(({ to }) => to)),
})

async function evidenceOf(
  { db }: EventStore,
  cohort: Pick<Cohort, 'own' | 'peers'>,
  weeks: readonly Span[],
  moment: Moment,
): Promise<Row[]> {
  const { rows } = await cohortQuery(cohort, weeks, moment).execute(db)
  return parsedRows('competitiveness', rowCheck, rows)
}

/** "Those of other providers where they alone meet the rule, else the other merchants of the same provider where those do." */
function peersOf(week: readonly Row[]): Choice {
  const others = ruled(week, 'others')
  if (others.rule === null) return others
  const ours = ruled(week, 'ours')
  if (ours.rule === null) return ours
  // Of the side that came nearer to being shown.
  return order.indexOf(others.rule) > order.indexOf(ours.rule) ? others : ours
}

const order: readonly Rule[] = ['too_few_merchants', 'dominant_merchant', 'too_few_customers']

/** The merchants of a side with an attempted checkout in the week, and which part of the rule they fail. */
function ruled(week: readonly Row[], side: Side): Choice {
  const those = week.filter((row) => row.merchantNo !== '' && row.side === side && row.attempted > 0)
  const attempted = those.reduce((total, row) => total + row.attempted, 0)
  const customers = week.find((row) => row.merchantNo === '' && row.side === side)?.customers ?? 0
  const rule =
    those.length < fewestPeers
      ? 'too_few_merchants'
      : those.some((row) => row.attempted > largestShare * attempted)
        ? 'dominant_merchant'
        : customers < fewestCustomers
          ? 'too_few_customers'
          : null
  return { merchants: those.map(({ merchantNo }) => merchantNo), rule }
}

function sum(rows: readonly Row[]): Evidence {
  const names = Object.keys(evidence) as (keyof Evidence)[]
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((total, row) => total + row[name], 0)]),
  ) as unknown as Evidence
}

const share = (hits: number, n: number): number | null => (n === 0 ? null : hits / n)

const acceptanceOf = ({ approved, attempted, pending }: Evidence) => share(approved, attempted - pending)

const retentionOf = ({ attempted, unsupportedAmount, lost }: Evidence) =>
  attempted === 0 ? null : unsupportedAmount === 0 ? 1 : 1 - lost / unsupportedAmount

/** Multiplied out, so that equal ratios are equal numbers. */
const returnRatioOf = ({ unsupportedFollowed, unsupportedKnown, otherFollowed, otherKnown }: Evidence) =>
  share(unsupportedFollowed * otherKnown, unsupportedKnown * otherFollowed)

/** @returns what is shown, and own ÷ the unrounded median, null where one of them is not known or the median is 0. */
function compared(own: number | null, theirs: readonly (number | null)[]): { shown: Compared; ratio: number | null } {
  const known = theirs.filter((value) => value !== null).sort((a, b) => a - b)
  if (known.length < fewestPeers) {
    return { shown: { own, peerLow: null, peerMedian: null, peerHigh: null, percentile: null }, ratio: null }
  }
  const median = quantile(known, 0.5)
  const below = (value: number) =>
    known.filter((peer) => peer < value).length + known.filter((peer) => peer === value).length / 2
  return {
    shown: {
      own,
      peerLow: hundredths(quantile(known, 0.25)),
      peerMedian: hundredths(median),
      peerHigh: hundredths(quantile(known, 0.75)),
      percentile: own === null ? null : (100 * below(own)) / known.length,
    },
    ratio: own === null || median === 0 ? null : own / median,
  }
}

/** By linear interpolation. @param sorted at least one. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? low
  return low + (high - low) * (place - Math.floor(place))
}

const hundredths = (value: number): number => Math.round(value * 100) / 100

function index(ratios: readonly number[]): number | null {
  if (ratios.length === 0) return null
  const logs = ratios.map((ratio) => Math.log(Math.min(2, Math.max(0.2, ratio))))
  return 100 * Math.exp(logs.reduce((total, log) => total + log, 0) / logs.length)
}

const diversionSchema = Type.Object({
  lost: Type.Integer(),
  lostElsewhere: Type.Integer(),
  kept: Type.Integer(),
  keptElsewhere: Type.Integer(),
})
const diversionCheck = Compile(diversionSchema)

/** @param peers by the start of a week: whose payments count for that week's checkouts. */
export function diversionQuery(
  own: MerchantScope,
  peers: ReadonlyMap<number, readonly Tenant[]>,
  weeks: readonly Span[],
  moment: Moment,
) {
  const span = around(weeks)
  const theirs = [...new Map([...peers.values()].flat().map((peer) => [peer.merchantNo, peer])).values()]
  const allowed = [...peers].flatMap(([week, those]) => those.map(({ merchantNo }) => `${week} ${merchantNo}`))
  const paid = { from: span.from - checkoutSpanMs, to: span.to + deferralMs + checkoutSpanMs }
  return sql<Static<typeof diversionSchema>>`
    SELECT countIf(outcome = 'abandoned') AS lost, countIf(outcome = 'abandoned' AND elsewhere) AS lostElsewhere,
      countIf(isKept) AS kept, countIf(isKept AND elsewhere) AS keptElsewhere
    FROM (
      SELECT outcome, state = 'approved' OR outcome IN ('recoveredInWallet', 'recoveredOther') AS isKept,
        arrayExists(p -> p.1 > at AND p.1 <= at + ${deferralMs}
          AND concat(toString(roundDown(at, ${weeks.map(({ from }) => from)})), ' ', p.2) IN ${allowed}, payments) AS elsewhere
      FROM (
        SELECT * FROM (${judgedCheckouts({ ...moment, tenants: [own], span })}) WHERE asked AND customer != 0
      ) AS mine
      LEFT JOIN (
        SELECT customer AS payer, groupArray((paidOn, merchantNo)) AS payments
        FROM (
          SELECT customer, merchantNo, arrayJoin(paidAt) AS paidOn
          FROM (${judgedCheckouts({ ...moment, tenants: theirs, span: paid })}) WHERE customer != 0
        )
        GROUP BY payer
      ) AS theirs ON payer = mine.customer
    )`
}

/**
 * Null where the provider's tokens are not shared, and where no week counts. The provider's merchants are peers here, and must
 * meet the rule too: the share of those who went next door would else be the figure of the one shop next door.
 */
async function diversion(
  { db }: EventStore,
  { own, peers, sharedTokens }: Cohort,
  counted: readonly { week: Interval }[],
  rows: readonly Row[],
  moment: Moment,
): Promise<Competitiveness['diversion']> {
  const none = { value: null, low: null, high: null }
  if (!sharedTokens) return none
  const weeks = counted.flatMap(({ week }) => {
    const { merchants, rule } = ruled(
      rows.filter((row) => row.week === week.from),
      'ours',
    )
    return rule === null ? [{ week, merchants: peers.filter(({ merchantNo }) => merchants.includes(merchantNo)) }] : []
  })
  if (weeks.length === 0) return none
  const found = { lost: 0, lostElsewhere: 0, kept: 0, keptElsewhere: 0 }
  for (const run of runsOf(weeks)) {
    const theirs = new Map(run.map(({ week, merchants }) => [week.from, merchants]))
    const query = diversionQuery(
      own,
      theirs,
      run.map(({ week }) => week),
      moment,
    )
    const { rows: answer } = await query.execute(db)
    for (const row of parsedRows('diversion', diversionCheck, answer)) {
      for (const name of Object.keys(found) as (keyof typeof found)[]) found[name] += row[name]
    }
  }
  if (found.lost === 0 || found.kept === 0) return none
  return newcombe({ hits: found.lostElsewhere, n: found.lost }, { hits: found.keptElsewhere, n: found.kept })
}

/** Weeks that follow each other without a gap. */
function runsOf<T extends { week: Interval }>(weeks: readonly T[]): T[][] {
  const runs: T[][] = []
  for (const each of weeks) {
    const run = runs.at(-1)
    if (run?.at(-1)?.week.to === each.week.from) run?.push(each)
    else runs.push([each])
  }
  return runs
}

export const competitivenessBasis: Record<string, Basis> = {
  ...Object.fromEntries(
    ['acceptance', 'retention', 'returnRatio'].flatMap((name) => [
      [`${name}.own`, 'observed'],
      ...['peerLow', 'peerMedian', 'peerHigh', 'percentile'].map((each) => [`${name}.${each}`, 'observed']),
    ]),
  ),
  'peers.merchants': 'observed',
  'index.value': 'estimate',
  'diversion.value': 'estimate',
  'diversion.low': 'estimate',
  'diversion.high': 'estimate',
}
