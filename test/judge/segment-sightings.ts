// What occurs in a generated stream that matters to `segments`, by name.

import type { See } from './checkout-sightings.ts'
import { isPayment, type Declined, type Succeeded } from './event.ts'
import { addDays, localDay, startOfDay, wallClock } from './local-time.ts'
import { earliest } from './order.ts'
import { judgeSegments } from './segments.ts'
import type { SegmentStream } from './segment-streams.ts'
import { visitsOf } from './visits.ts'

export function segmentSightingsOf(stream: SegmentStream): Set<string> {
  const seen = new Set<string>()
  const see: See = (name, is = true) => {
    if (is) seen.add(name)
  }
  const { timeZone, from, to, by } = stream
  for (const { checkout, moment, amount, judged } of visitsOf(stream)) {
    const day = localDay(moment, timeZone)
    if (day < from || day > to) {
      see('moment: outside the range')
      continue
    }
    const attempt = earliest(checkout.attempts.map(({ speaks }) => speaks))
    const payments = checkout.events.filter(isPayment)
    see('never attempted', judged === null)
    see('earliest attempt: another amount than a', judged !== null && judged.a !== amount)
    see(
      'earliest attempt: on another day than t₀',
      attempt !== undefined && attempt.time !== moment && localDay(attempt.time, timeZone) !== day,
    )
    see('earliest attempt: before t₀', attempt !== undefined && attempt.time < moment)
    see('earliest attempt: after t₀', attempt !== undefined && attempt.time > moment)
    see('age band: two in one checkout', new Set(payments.map(({ ageBand }) => ageBand).filter(Boolean)).size > 1)
    see(
      'age band: told by another event than the customer',
      checkout.ageBand !== null &&
        checkout.customer !== null &&
        telling(payments, 'ageBand') !== telling(payments, 'customer'),
    )
    see('age band: not of the earliest event', checkout.ageBand !== null && earliest(payments)?.ageBand === null)
    see(
      'returning: both in one checkout',
      new Set(payments.map(({ returning }) => returning)).isSupersetOf(new Set([true, false])),
    )
    for (const edge of [50_00, 100_00, 300_00, 1000_00]) {
      see(`ticket: ${edge}`, amount === edge)
      see(`ticket: ${edge - 1}`, amount === edge - 1)
    }
    const clock = wallClock(moment, timeZone)
    const sharp = clock.minute === 0 && clock.second === 0 && moment % 1000 === 0
    for (const hour of [6, 11, 14, 17, 21]) {
      see(`daypart: at ${hour}`, sharp && clock.hour === hour)
      see(`daypart: 1 ms before ${hour}`, wallClock(moment + 1, timeZone).hour === hour && clock.hour === hour - 1)
    }
    see('moment: at midnight', moment === startOfDay(day, timeZone))
    see('moment: 1 ms before midnight', moment + 1 === startOfDay(addDays(day, 1), timeZone))
  }
  const { segments } = judgeSegments(stream)
  for (const { segment, index, unsupported, netLost } of segments) {
    see(`${by}: ${segment}`)
    see('index: null', index === null)
    see('index: 0', index === 0)
    see('index: above 1', index !== null && index > 1)
    see('net lost: less than all that was unsupported', netLost.amount > 0 && netLost.amount < unsupported.amount)
  }
  return seen
}

/** The event that says it for the checkout. */
function telling(payments: readonly (Declined | Succeeded)[], field: 'ageBand' | 'customer') {
  return earliest(payments.filter((event) => event[field] !== null))
}
