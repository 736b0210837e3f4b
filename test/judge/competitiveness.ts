// Contract section 7: `competitiveness`.

import { succeeded } from './checkout.ts'
import { compare, indexOf, newcombe, type Comparison, type Difference } from './comparison.ts'
import { localDay } from './local-time.ts'
import { candidatesIn, peersOf, ruleOf, type Candidates, type Member, type MerchantRecord, type Rule } from './peers.ts'
import type { OwnCode } from './reasons.ts'
import { standingOf, type Standing } from './standing.ts'
import { visitsOf, type Visit } from './visits.ts'
import { isIn, weeksOf } from './weeks.ts'
import type { WireEvent } from './wire-event.ts'

const hours24 = 24 * 60 * 60_000

export type CompetitivenessQuestion = {
  merchantNo: string
  /** All there are. */
  merchants: readonly MerchantRecord[]
  providers: readonly { providerId: string; sharedTokens: boolean }[]
  /** All merchants' together: in any order, with any repeats. All of them valid. */
  events: readonly WireEvent[]
  ownCodes: readonly (OwnCode & { providerId: string })[]
  /** UTC milliseconds. */
  now: number
  from: string
  to: string
}

/** The body without what all answers carry. */
export type Competitiveness = {
  weeks: string[]
  peers: { merchants: number | null; suppressed: boolean; rule: Rule | 'range_too_short' | null }
  acceptance: Comparison
  retention: Comparison
  returnRatio: Comparison
  index: { value: number | null }
  diversion: Difference
}

/** "Peer figures are rounded to 0.01": the three that tell of peers alone; what is made of them with one's own is not. */
export function judgeCompetitiveness(input: CompetitivenessQuestion): Competitiveness {
  const { acceptance, retention, returnRatio, ...rest } = unroundedCompetitiveness(input)
  return {
    ...rest,
    acceptance: rounded(acceptance),
    retention: rounded(retention),
    returnRatio: rounded(returnRatio),
  }
}

/** Halves go up. The contract doesn't say where they go, nor can floats tell them well: see the truth test. */
function rounded(comparison: Comparison): Comparison {
  const round = (value: number | null) => (value === null ? null : Math.round(100 * value) / 100)
  const { peerLow, peerMedian, peerHigh } = comparison
  return { ...comparison, peerLow: round(peerLow), peerMedian: round(peerMedian), peerHigh: round(peerHigh) }
}

/** As `judgeCompetitiveness`, before its peer figures are rounded. */
export function unroundedCompetitiveness(input: CompetitivenessQuestion): Competitiveness {
  const { from, to, now } = input
  const members = membersOf(input)
  const own = members.find((member) => member.merchantNo === input.merchantNo)
  if (own === undefined) throw new Error('the merchant is not among the merchants')

  const weeks = weeksOf(from, to, now).map((week) => candidatesIn(week, own, members))
  const counted = weeks.filter((candidates) => peersOf(candidates).length > 0)
  // "`merchants` counts those that were peers in any of them"
  const peers = [...new Set(counted.flatMap(peersOf))]
  const newest = weeks.at(-1)

  // "own and peer figures both cover just them"; "No week counts: [...] own figures cover the range", in the
  // merchant's own days.
  const isCovered = ({ moment }: Visit) => {
    if (counted.length > 0) return counted.some(({ week }) => isIn(moment, week))
    const day = localDay(moment, own.timeZone)
    return day >= from && day <= to
  }
  // "A peer's figure is its own over the counted weeks": over all of them, also those in which it was no peer.
  const standing = ({ visits }: Member) => standingOf(visits.filter(isCovered), visits)
  const standings = peers.map(standing)
  const ours = standing(own)
  const comparison = (figure: keyof Standing) =>
    compare(
      ours[figure],
      standings.map((each) => each[figure]),
    )
  const three = {
    acceptance: comparison('acceptance'),
    retention: comparison('retention'),
    returnRatio: comparison('returnRatio'),
  }

  return {
    weeks: counted.map(({ week }) => week.monday),
    peers: {
      merchants: counted.length === 0 ? null : peers.length,
      suppressed: counted.length === 0,
      rule: counted.length > 0 ? null : newest === undefined ? 'range_too_short' : ruleOf(newest),
    },
    ...three,
    index: { value: indexOf([three.acceptance, three.retention, three.returnRatio]) },
    diversion: diversionOf(own, weeks, input.providers),
  }
}

export function membersOf({ merchants, events, ownCodes, now }: CompetitivenessQuestion): Member[] {
  return merchants.map((merchant) => {
    const { merchantNo, providerId } = merchant
    const mapped = ownCodes.filter((code) => code.providerId === providerId)
    return { ...merchant, visits: visitsOf({ merchantNo, events, ownCodes: mapped, now }) }
  })
}

/**
 * "share of abandoned checkouts with a customer whose customer paid at a peer within 24 h, less that share of approved
 * or recovered ones; only where the provider has `sharedTokens`, with that provider's merchants as peers". All else
 * that makes a peer stays: the same MCC and city, an attempted checkout that week, and the rule. So it covers the weeks
 * in which the provider's other merchants meet it, also where those of other providers are the peers of the rest.
 */
function diversionOf(
  own: Member,
  weeks: readonly Candidates[],
  providers: CompetitivenessQuestion['providers'],
): Difference {
  const isShared = providers.some((provider) => provider.providerId === own.providerId && provider.sharedTokens)
  const looked = weeks
    .filter(({ siblingsBreak }) => isShared && siblingsBreak === null)
    .flatMap(({ week, siblings }) =>
      own.visits
        .filter(({ judged, checkout }) => judged !== null && isIn(judged.t0, week) && checkout.customer !== null)
        .map((visit) => ({ judged: visit.judged, paidAtAPeer: paidAtAPeer(visit, siblings) })),
    )
  const abandoned = looked.filter(({ judged }) => judged?.outcome?.name === 'abandoned')
  const kept = looked.filter(
    ({ judged }) => judged?.state === 'approved' || (judged?.outcome?.name.startsWith('recovered') ?? false),
  )
  const diverted = (visits: typeof looked) => visits.filter((visit) => visit.paidAtAPeer).length
  return newcombe(diverted(abandoned), abandoned.length, diverted(kept), kept.length)
}

/** "whose customer paid at a peer within 24 h": as `deferred` has it, after t₀ and up to and including t₀ + 24 h, unreversed. */
function paidAtAPeer({ checkout, moment }: Visit, peers: readonly Member[]): boolean {
  return peers
    .flatMap((peer) => peer.visits)
    .filter((visit) => visit.checkout.customer === checkout.customer)
    .flatMap((visit) => succeeded(visit.checkout))
    .filter((attempt) => !attempt.reversed)
    .some(({ speaks }) => speaks.time > moment && speaks.time <= moment + hours24)
}
