// Contract section 5 from "Every unsupported checkout has exactly one outcome" on.

import { succeeded, type Checkout } from './checkout.ts'
import { asksForHuabei, moneyCameFromHuabei, type CheckoutEvent } from './event.ts'

export const W = 15 * 60_000
const hours24 = 24 * 60 * 60_000

export type OutcomeName =
  'recoveredInWallet' | 'recoveredOther' | 'downsized' | 'deferred' | 'abandoned' | 'open' | 'unknown'

/** `explicit`: a `checkout.abandoned` event says so, whatever the outcome. */
export type Outcome = { name: OutcomeName; p: number; explicit: boolean }

/** `checkouts` and `events` are all the merchant's: an outcome looks beyond its own checkout. */
export function outcomeOf(
  checkout: Checkout,
  checkouts: readonly Checkout[],
  events: readonly CheckoutEvent[],
  now: number,
): Outcome {
  const { first } = checkout
  if (first === null) throw new Error('only an unsupported checkout has an outcome')
  const t0 = first.time
  const a = first.amount

  // "the sum of its succeeded, unreversed payments made from t₀ to t₀ + W, both inclusive"
  const payments = succeeded(checkout)
    .filter((attempt) => !attempt.reversed)
    .map((attempt) => attempt.speaks)
    .filter((payment) => payment.time >= t0 && payment.time <= t0 + W)
  const p = payments.reduce((sum, payment) => sum + payment.amount, 0)

  const explicit = checkout.events.some((event) => event.type === 'tillsight.checkout.abandoned')

  if (p >= a && payments.some(asksForHuabei)) return { name: 'recoveredInWallet', p, explicit }
  if (p >= a) return { name: 'recoveredOther', p, explicit }
  if (p > 0) return { name: 'downsized', p, explicit }

  // "in this checkout, or by the same customer in another checkout of the merchant"
  const theirs = checkouts.filter(
    (other) =>
      other.checkoutId === checkout.checkoutId || (checkout.customer !== null && other.customer === checkout.customer),
  )
  // "after t₀ and up to and including t₀ + 24 h, an unreversed payment was made"
  const deferred = theirs
    .flatMap(succeeded)
    .filter((attempt) => !attempt.reversed)
    .some((attempt) => attempt.speaks.time > t0 && attempt.speaks.time <= t0 + hours24)
  if (deferred) return { name: 'deferred', p, explicit }

  // "the terminal of t₀ sent a `payment.succeeded` whose money was not Huabei's, judged on that event
  // alone, timed t₀ + W or later": whichever its checkout, reversed or not, speaking or not.
  const reportsOtherPayments = events
    .filter((event) => event.type === 'tillsight.payment.succeeded')
    .some((event) => event.source === first.source && !moneyCameFromHuabei(event) && event.time >= t0 + W)
  if (explicit || reportsOtherPayments) return { name: 'abandoned', p, explicit }

  // "none of these, and t₀ + W is still in the future"
  if (t0 + W > now) return { name: 'open', p, explicit }
  return { name: 'unknown', p, explicit }
}
