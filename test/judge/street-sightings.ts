// What occurs in a generated street, by name.

import type { See } from './checkout-sightings.ts'
import { succeeded } from './checkout.ts'
import { membersOf, unroundedCompetitiveness } from './competitiveness.ts'
import { localDay } from './local-time.ts'
import { attemptedIn, candidatesIn, peersOf, type Candidates, type Member } from './peers.ts'
import { isFollowed } from './standing.ts'
import { day } from './stream-moments.ts'
import type { Street } from './street-streams.ts'
import { isIn, weeksOf } from './weeks.ts'

export function streetSightingsOf(street: Street): Set<string> {
  const seen = new Set<string>()
  const see: See = (name, is = true) => {
    if (is) seen.add(name)
  }
  const { from, to, now } = street
  const members = membersOf(street)
  const own = members.find((member) => member.merchantNo === street.merchantNo)
  if (own === undefined) return seen
  const weeks = weeksOf(from, to, now).map((week) => candidatesIn(week, own, members))
  const counted = weeks.filter((week) => peersOf(week).length > 0)

  see(`weeks: ${counted.length} of ${weeks.length}`)
  const ended = weeks.at(-1)?.week.end ?? 0
  see('week: ended 48 h ago', now === ended + 2 * day)
  see('week: ended 1 ms less than 48 h ago', weeksOf(from, to, now + 1).length > weeks.length)
  for (const week of weeks) seeRule(week, members, own, see)
  seeOwn(own, weeks, see)

  const kinds = counted.map((week) => (week.rivalsBreak === null ? 'rivals' : 'siblings'))
  see('peers: rivals in one week, siblings in another', new Set(kinds).size > 1)
  const peers = [...new Set(counted.flatMap(peersOf))]
  see(
    'peer: of one counted week, busy in another',
    counted.some((week) =>
      peers.some((peer) => !peersOf(week).includes(peer) && attemptedIn(peer, week.week).length > 0),
    ),
  )

  const answer = unroundedCompetitiveness(street)
  see(`rule: ${answer.peers.rule ?? 'kept'}`)
  for (const figure of ['acceptance', 'retention', 'returnRatio'] as const) {
    const { own: ours, peerMedian, percentile } = answer[figure]
    see(`${figure}: own ${ours === null ? 'null' : 'known'}`)
    see(`${figure}: peers ${peerMedian === null ? 'null' : 'known'}`, counted.length > 0)
    see('index: a median of 0', peerMedian === 0 && ours !== null)
    see(`${figure}: a tie`, percentile !== null && percentile % (100 / peers.length) !== 0)
    see('index: held at 2', ours !== null && peerMedian !== null && peerMedian > 0 && ours / peerMedian > 2)
    see('index: held at 0.2', ours !== null && peerMedian !== null && peerMedian > 0 && ours / peerMedian < 0.2)
  }
  see('index: null with weeks', answer.index.value === null && counted.length > 0)
  see('own figures: of the range', counted.length === 0 && answer.acceptance.own !== null)
  const { value } = answer.diversion
  see(`diversion: ${value === null ? 'null' : value > 0 ? 'above 0' : value < 0 ? 'below 0' : '0'}`)
  return seen
}

function seeRule(candidates: Candidates, members: readonly Member[], own: Member, see: See): void {
  const { week, rivals, rivalsBreak, siblings, siblingsBreak } = candidates
  see('peers: rivals', rivalsBreak === null)
  see('peers: siblings', rivalsBreak !== null && siblingsBreak === null)
  see('peers: rivals, though siblings would do', rivalsBreak === null && siblingsBreak === null)
  see('broken: by both, differently', rivalsBreak !== null && siblingsBreak !== null && rivalsBreak !== siblingsBreak)
  for (const group of [rivals, siblings]) {
    const rule = group === rivals ? rivalsBreak : siblingsBreak
    const counts = group.map((member) => attemptedIn(member, week).length)
    const all = counts.reduce((x, y) => x + y, 0)
    const tokens = new Set(
      group.flatMap((member) => attemptedIn(member, week).map(({ checkout }) => checkout.customer)),
    )
    tokens.delete(null)
    see(`group: ${rule ?? 'keeps the rule'}`)
    see('group: exactly 5 merchants', group.length === 5 && rule === null)
    see('group: 4 merchants', group.length === 4)
    see('group: exactly 25 %', rule === null && Math.max(...counts) * 4 === all)
    see('group: just over 25 %', rule === 'dominant_merchant' && (Math.max(...counts) - 1) * 4 <= all - 1)
    see('group: exactly 10 customers', rule === null && tokens.size === 10)
    see('group: 9 customers', rule === 'too_few_customers' && tokens.size === 9)
  }
  for (const member of members) {
    if (member === own || attemptedIn(member, week).length === 0) continue
    const isCandidate = rivals.includes(member) || siblings.includes(member)
    see('candidate: of another district', isCandidate && member.region !== own.region)
    see('no candidate: another city', !isCandidate && member.region !== own.region)
    see('no candidate: another MCC', !isCandidate && member.mcc !== own.mcc)
  }
  for (const { visits } of members) {
    see(
      't₀: Monday 00:00',
      visits.some(({ judged }) => judged?.t0 === week.begin),
    )
    see(
      't₀: 1 ms before Monday',
      visits.some(({ judged }) => judged?.t0 === week.begin - 1),
    )
    see(
      't₀: 1 ms before the end',
      visits.some(({ judged }) => judged?.t0 === week.end - 1),
    )
    see(
      't₀: at the end',
      visits.some(({ judged }) => judged?.t0 === week.end),
    )
  }
}

function seeOwn(own: Member, weeks: readonly Candidates[], see: See): void {
  const { visits, timeZone } = own
  see(
    'zone: another day than in Shanghai',
    visits.some(({ moment }) => localDay(moment, timeZone) !== localDay(moment, 'Asia/Shanghai')),
  )
  for (const visit of visits) {
    const { checkout, moment } = visit
    if (checkout.customer === null) continue
    const gaps = visits
      .filter((other) => other !== visit && other.checkout.customer === checkout.customer)
      .map((other) => other.moment - moment)
    see('return: after exactly 28 days', gaps.includes(28 * day))
    see('return: 1 ms after 28 days', gaps.includes(28 * day + 1) && !isFollowed(visit, visits))
    see('return: at the same time only', gaps.includes(0) && !isFollowed(visit, visits))
    see('return: never attempted', visit.judged === null && isFollowed(visit, visits))

    const week = weeks.find((each) => isIn(moment, each.week))
    if (week?.siblingsBreak !== null || visit.judged === null) continue
    const payments = week.siblings
      .flatMap((sibling) => sibling.visits)
      .filter((other) => other.checkout.customer === checkout.customer)
      .flatMap((other) => succeeded(other.checkout))
    const after = payments.map(({ speaks, reversed }) => ({ gap: speaks.time - moment, reversed }))
    const only = (gap: number) =>
      after.some((each) => each.gap === gap) &&
      after.every((each) => each.gap === gap || each.gap <= 0 || each.gap > day)
    see('diversion: at exactly 24 h', only(day))
    see('diversion: 1 ms after 24 h', only(day + 1))
    see('diversion: at t₀', only(0))
    const inTime = after.filter(({ gap }) => gap > 0 && gap <= day)
    see('diversion: reversed', inTime.length > 0 && inTime.every(({ reversed }) => reversed))
  }
}
