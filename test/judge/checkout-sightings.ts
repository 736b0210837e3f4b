// What occurs in one checkout of a generated stream, by name.

import { finalDeclines, succeeded, substitutingRequests, type Checkout } from './checkout.ts'
import type { CheckoutEvent, Reported, Succeeded } from './event.ts'
import type { Judged } from './figures.ts'
import { byEarliest, earliest, type Ordered } from './order.ts'
import { W } from './outcome.ts'
import { day } from './stream-moments.ts'

/** Notes a name, where `is` holds (default true). */
export type See = (name: string, is?: boolean) => void

export function seeAttempts(checkout: Checkout, see: See): void {
  for (const attempt of checkout.attempts) {
    see(`attempt: ${attempt.state}${attempt.reversed ? ', taken back' : ''}`)
  }
  for (const event of checkout.events) {
    if (event.type !== 'tillsight.payment.reversed') continue
    const success = succeeded(checkout).find((attempt) => attempt.number === event.attempt)?.speaks
    see('reversal: without a success', success === undefined)
    if (success === undefined) continue
    see('reversal: before its success', event.time < success.time)
    see('reversal: at 24 h', event.time === success.time + day)
    see('reversal: 1 ms after 24 h', event.time === success.time + day + 1)
  }
  for (const { number } of succeeded(checkout)) {
    const copies = checkout.events.filter(
      (event) => event.type === 'tillsight.payment.succeeded' && event.attempt === number,
    )
    seeTies(copies as Succeeded[], 'a success', see)
  }
}

/** What decided between the earliest and the next, where their times don't. */
export function seeTies(events: readonly (Ordered & { amount: number })[], what: string, see: See): void {
  const [first, next] = events.toSorted(byEarliest)
  if (first === undefined || next === undefined || first.time !== next.time) return
  const differ = first.amount !== next.amount
  if (first.id !== next.id) {
    see(`tie of ${what}: id`, differ)
    see(`tie of ${what}: id, bytes against UTF-16`, first.id > next.id)
  } else if (first.source !== next.source) {
    see(`tie of ${what}: source`, differ)
  } else {
    see(`tie of ${what}: canonical JSON`, differ)
    const filled = [first, next].map((event) =>
      event.canonical.replace('"currency":"CNY",', '').replace('"final":true,', ''),
    )
    see(
      'tie: only an absent default decides',
      filled[0] !== undefined && filled[1] !== undefined && filled[0] > filled[1],
    )
  }
}

/** The reports, and what the judge says without own codes and without reports. */
export type Evidence = {
  reports: readonly Reported[]
  withoutOwnCodes: readonly Judged[]
  undeclared: readonly Judged[]
}

export function seeReason(checkout: Checkout, reason: string, evidence: Evidence, see: See): void {
  see(reason)
  const decline = earliest(finalDeclines(checkout))
  const substitution = earliest(substitutingRequests(checkout))
  const giver = decline ?? substitution ?? checkout.first
  if (giver === null) return
  see(
    'reason: substitution without a substituting request',
    giver === checkout.first && decline === undefined && substitution === undefined,
  )
  see(
    'reason: substitution at another terminal than t₀',
    decline === undefined && giver.source !== checkout.first?.source,
  )

  if (decline !== undefined) {
    const off = decline.disabledChannels.map((channel) => channel.toLowerCase()).includes('pcreditpayinstallment')
    const asked = decline.method === 'HUABEI_INSTALMENT' || decline.intendedMethod === 'HUABEI_INSTALMENT'
    see(
      'reason: disabled channels against the table',
      decline.disabledChannels.length > 0 && reason === 'CHANNEL_COMPETITION',
    )
    see('reason: disabled instalments, asked for', off && asked && reason === 'CHANNEL_COMPETITION')
    see('reason: disabled instalments, not asked for', off && !asked && reason !== 'CHANNEL_COMPETITION')
    see(
      'reason: attempt succeeded later',
      succeeded(checkout).some((attempt) => attempt.number === decline.attempt),
    )
  }
  const reasonIn = (judged: readonly Judged[]) => judged.find((each) => each.checkoutId === checkout.checkoutId)?.reason
  see('reason: own code', reasonIn(evidence.withoutOwnCodes) !== reason)
  const undeclared = reasonIn(evidence.undeclared)
  see('reason: declared over the event', undeclared !== reason && decline !== undefined)
  see('reason: declared over a substitution', undeclared !== reason && decline === undefined)

  const carrying = evidence.reports.filter((report) => report.cause !== undefined && report.source === giver.source)
  const inTime = carrying.filter((report) => report.time <= giver.time).toSorted(byEarliest)
  const newest = inTime.at(-1)
  see('cause: cleared', newest?.cause === null && inTime.some((report) => report.cause !== null))
  see('cause: at the very time', newest?.time === giver.time && undeclared !== reason)
  see(
    'cause: 1 ms late',
    carrying.some((report) => report.time === giver.time + 1),
  )
  see(
    'cause: two at one time',
    newest !== undefined && inTime.at(-2)?.time === newest.time && inTime.at(-2)?.cause !== newest.cause,
  )
}

export function seeOutcome(
  checkout: Checkout,
  { t0, a, outcome }: Judged,
  checkouts: readonly Checkout[],
  events: readonly CheckoutEvent[],
  see: See,
): void {
  if (outcome === null) return
  see(`outcome: ${outcome.name}`)
  const payments = succeeded(checkout)
    .filter((attempt) => !attempt.reversed)
    .map((attempt) => attempt.speaks)
  see('p: exactly a', outcome.p === a)
  see('p: more than a', outcome.p > a)
  see('p: of several payments', payments.filter(({ time }) => time >= t0 && time <= t0 + W).length > 1)
  const edges = {
    't₀': 0,
    't₀ + W - 1 ms': W - 1,
    't₀ + W': W,
    't₀ + W + 1 ms': W + 1,
    't₀ + 24 h': day,
    't₀ + 24 h + 1 ms': day + 1,
  }
  for (const [edge, delay] of Object.entries(edges)) {
    see(
      `payment: at ${edge}`,
      payments.some((payment) => payment.time === t0 + delay),
    )
  }

  const theirs = checkouts.filter(
    (other) => other !== checkout && checkout.customer !== null && other.customer === checkout.customer,
  )
  const elsewhere = theirs
    .flatMap(succeeded)
    .filter((attempt) => !attempt.reversed)
    .map((attempt) => attempt.speaks.time - t0)
  const here = payments.some(({ time }) => time > t0 && time <= t0 + day)
  const only = (delay: number) =>
    elsewhere.includes(delay) && !here && elsewhere.every((each) => each === delay || each <= 0 || each > day)
  const { name } = outcome
  see('deferred: by another checkout', name === 'deferred' && !here)
  see('deferred: by another checkout at 24 h', name === 'deferred' && only(day))
  see('not deferred: by another checkout at t₀', outcome.p === 0 && name !== 'deferred' && elsewhere.includes(0))
  see(
    'not deferred: by another checkout 1 ms after 24 h',
    outcome.p === 0 && name !== 'deferred' && elsewhere.includes(day + 1),
  )

  const sales = events.filter(
    (event) => event.type === 'tillsight.payment.succeeded' && event.source === checkout.first?.source,
  )
  const lateSales = sales.filter((sale) => sale.time >= t0 + W)
  see('abandoned: explicit', name === 'abandoned' && outcome.explicit)
  see('abandoned: seen', name === 'abandoned' && !outcome.explicit)
  see(
    'abandoned: seen at t₀ + W only',
    name === 'abandoned' && !outcome.explicit && lateSales.every((sale) => sale.time === t0 + W),
  )
  see(
    'not abandoned: seen 1 ms too early',
    name !== 'abandoned' && outcome.p === 0 && sales.some((sale) => sale.time === t0 + W - 1),
  )
}
