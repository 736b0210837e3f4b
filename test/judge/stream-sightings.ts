// What occurs in a generated stream, by name: how `streams.test.ts` knows that every case is hit.

import { seeAttempts, seeOutcome, seeReason, seeTies, type Evidence, type See } from './checkout-sightings.ts'
import { checkoutsOf, isApproved, succeeded } from './checkout.ts'
import { merchantOf, readEvent } from './event.ts'
import type { Judged } from './figures.ts'
import { intervalsOf } from './intervals.ts'
import { addDays, localDay, startOfDay } from './local-time.ts'
import { judgeCheckouts, judgeLostSales } from './lost-sales.ts'
import { canonical } from './order.ts'
import { W } from './outcome.ts'
import { day, hour } from './stream-moments.ts'
import type { Stream } from './streams.ts'

/** Everything seen in one stream, each once. */
export function sightingsOf(stream: Stream): Set<string> {
  const seen = new Set<string>()
  const see = (name: string, is = true) => {
    if (is) seen.add(name)
  }
  const events = stream.events.filter((event) => merchantOf(event.source) === stream.merchantNo).map(readEvent)
  const others = events.filter((event) => event.type !== 'tillsight.terminal.reported')
  const checkouts = checkoutsOf(others)
  const judged = judgeCheckouts(stream)
  const reports = events.filter((event) => event.type === 'tillsight.terminal.reported')
  const evidence: Evidence = {
    reports,
    withoutOwnCodes: judgeCheckouts({ ...stream, ownCodes: [] }),
    undeclared: judgeCheckouts({
      ...stream,
      events: stream.events.filter((event) => event.type !== 'tillsight.terminal.reported'),
    }),
  }

  for (const checkout of checkouts) {
    const found = judged.find((each) => each.checkoutId === checkout.checkoutId)
    see(found === undefined ? 'checkout: not attempted' : `checkout: ${found.state}`)
    seeAttempts(checkout, see)
    if (found === undefined) continue
    seeTies(checkout.requests, 't₀', see)
    if (found.reason !== null) seeReason(checkout, found.reason, evidence, see)
    if (found.outcome !== null) seeOutcome(checkout, found, checkouts, others, see)
    const approval = succeeded(checkout).filter(() => isApproved(checkout))
    see(
      'approved: reversed',
      approval.some((attempt) => attempt.reversed),
    )
    see(
      'approved: after 24 h',
      approval.some((attempt) => attempt.speaks.time > found.t0 + day),
    )
    const carried = checkout.events
      .map((event) => ('customer' in event ? event.customer : null))
      .filter((token) => token !== null)
    see('customer: two in one checkout', new Set(carried).size > 1)
  }

  const ids = new Map(stream.events.map((event) => [`${event.source} ${event.id}`, event]))
  see('copies with one (source, id)', ids.size < new Set(stream.events.map(canonical)).size)
  seeRange(stream, judged, see)
  return seen
}

function seeRange(stream: Stream, judged: readonly Judged[], see: See): void {
  const { timeZone, from, to, interval, now } = stream
  for (const { t0, outcome } of judged) {
    const date = localDay(t0, timeZone)
    const [start, end] = [startOfDay(date, timeZone), startOfDay(addDays(date, 1), timeZone)]
    see('t₀: at midnight', t0 === start)
    see('t₀: 1 ms before midnight', t0 === end - 1)
    see('t₀: outside the range', date < from || date > to)
    see('t₀: in a day of another length', end - start !== 24 * hour)
    see('now: t₀ + W', now === t0 + W && outcome?.name === 'unknown')
    see('now: t₀ + W - 1 ms', now === t0 + W - 1 && outcome?.name === 'open')
  }
  const { totals, series } = judgeLostSales(stream)
  const settling = intervalsOf(from, to, interval, timeZone).map((each) => each.settledAt)
  see('settled: at its very time', settling.includes(now))
  see('settled: 1 ms short', settling.includes(now + 1))
  see('series: mixed settled', new Set(series.map((row) => row.settled)).size > 1)
  see(`interval: ${interval}`)
  see('interval: starts before the range', (series[0]?.start ?? from).slice(0, 10) < from)
  see(`zone: ${timeZone}`)
  see(totals.abandonmentRate.value === null ? 'rate: null' : 'rate: known')
  const { low, amount, high } = totals.netLost
  see('net lost: three different bounds', low < amount && amount < high)
}
