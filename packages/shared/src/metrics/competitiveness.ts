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

import type { Cohort } from '../registry/scope.ts'
import { settledFor, type Settled } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Basis, FigureParameters, MerchantAnswer } from './answer.ts'
import { evidenceOf, fewestPeers, peersOf, sum, type CohortRow, type Evidence, type Rule } from './cohort-weeks.ts'
import type { Span } from './derivation.ts'
import { diversion, paidElsewhere, type Diversion } from './diversion.ts'
import { spanOf, wholeWeeks, type DateRange, type Interval } from './intervals.ts'

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
  diversion: Diversion
}

export type CompetitivenessTerms = Omit<Competitiveness, 'diversion'>

/** A week's outcomes are settled by then: an abandoned checkout can become deferred for 24 h. */
const settledAfterMs = 48 * 3_600_000
export async function competitiveness(
  store: EventStore,
  cohort: Cohort,
  parameters: FigureParameters,
): Promise<Competitiveness> {
  return (await competitivenessBeside(store, cohort, parameters, null)).found
}

/** With the terms of another range, in one reading. Diversion takes a reading of its own, so there is none of that. */
export async function competitivenessBeside(
  store: EventStore,
  cohort: Cohort,
  { range, ownCodes, now, mayLag }: FigureParameters,
  other: DateRange | null,
): Promise<{ found: Competitiveness; beside: CompetitivenessTerms | null }> {
  const settled = await settledFor(store, [cohort.own, ...cohort.peers], mayLag)
  const moment = { ownCodes, now, settled }
  const ofRange = (range: DateRange): Asked => ({
    range,
    weeks: wholeWeeks(range).filter(({ to }) => to + settledAfterMs <= now),
    whole: spanOf(range, cohort.own.timeZone),
  })
  const [asked, besideIt] = [ofRange(range), other === null ? null : ofRange(other)]
  const spans = [asked, ...(besideIt === null ? [] : [besideIt])].flatMap(({ weeks, whole }) => [...weeks, whole])
  const [evidence, elsewhere] = await Promise.all([
    evidenceOf(cohort, spans, moment),
    paidElsewhere(cohort, asked.weeks, moment),
  ])
  const { terms, counted } = standing(cohort, asked, evidence, settled)
  return {
    found: { ...terms, diversion: diversion(elsewhere, counted) },
    beside: besideIt === null ? null : standing(cohort, besideIt, evidence, settled).terms,
  }
}

interface Asked {
  range: DateRange
  /** The whole ones that are over. */
  weeks: Interval[]
  whole: Span
}

/** The terms, and the weeks that count, each with its rows. */
function standing(
  { own }: Cohort,
  { range, weeks, whole }: Asked,
  evidence: ReadonlyMap<Span, CohortRow[]>,
  settled: Settled,
): { terms: CompetitivenessTerms; counted: { week: Interval; rows: CohortRow[] }[] } {
  const rowsOf = (span: Span) => evidence.get(span) ?? []
  const chosen = weeks.map((week) => ({ week, rows: rowsOf(week), ...peersOf(rowsOf(week)) }))
  const counted = chosen.filter(({ rule }) => rule === null)
  const rule = counted.length > 0 ? null : (chosen.at(-1)?.rule ?? 'range_too_short')

  const inCounted = counted.flatMap(({ rows }) => rows)
  const mine = (counted.length > 0 ? inCounted : rowsOf(whole)).filter(({ side }) => side === 'own')
  const numbers = [...new Set(counted.flatMap(({ merchants }) => merchants))]
  const theirs = numbers.map((merchantNo) => sum(inCounted.filter((row) => row.merchantNo === merchantNo)))
  const figure = sum(mine)
  const three = [acceptanceOf, retentionOf, returnRatioOf].map((of) => compared(of(figure), theirs.map(of)))
  const [acceptance, retention, returnRatio] = three.map(({ shown }) => shown) as [Compared, Compared, Compared]
  const terms = {
    merchantNo: own.merchantNo,
    currency: 'CNY' as const,
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
  }
  return { terms, counted }
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

export const competitivenessBasis: Record<string, Basis> = {
  ...Object.fromEntries(
    ['acceptance', 'retention', 'returnRatio'].flatMap((name) =>
      ['own', 'peerLow', 'peerMedian', 'peerHigh', 'percentile'].map((of) => [`${name}.${of}`, 'observed' as const]),
    ),
  ),
  'peers.merchants': 'observed',
  'index.value': 'estimate',
  'diversion.value': 'estimate',
  'diversion.low': 'estimate',
  'diversion.high': 'estimate',
}
