// Contract section 5 up to "Every unsupported checkout has exactly one outcome", sentence by sentence.

import { asksForHuabei, isPayment, moneyCameFromHuabei } from './event.ts'
import type { CheckoutEvent, Declined, Reversed, Succeeded } from './event.ts'
import { earliest } from './order.ts'

const hours24 = 24 * 60 * 60_000

/** "the attempt's time, amount, method and money are those of the event that speaks" */
type Attempt =
  | { number: number; state: 'pending' | 'declined'; speaks: Declined; reversed: false }
  | { number: number; state: 'succeeded'; speaks: Succeeded; reversed: boolean }

export type Paid = Extract<Attempt, { state: 'succeeded' }>

export type Checkout = {
  checkoutId: string
  events: readonly CheckoutEvent[]
  attempts: readonly Attempt[]
  /** "each those of its earliest event that carries one": of three events, maybe */
  customer: string | null
  ageBand: string | null
  returning: boolean | null
  requests: readonly (Declined | Succeeded)[]
  /** Its earliest request, the event of t₀; null where the checkout isn't attempted. */
  first: Declined | Succeeded | null
}

/** "all events with the same merchant and `checkoutId`": the events given are one merchant's. */
export function checkoutsOf(events: readonly CheckoutEvent[]): Checkout[] {
  const ids = [...new Set(events.map((event) => event.checkoutId))]
  return ids.map((checkoutId) => {
    const own = events.filter((event) => event.checkoutId === checkoutId)
    const payments = own.filter(isPayment)
    const requests = payments.filter(asksForHuabei)
    return {
      checkoutId,
      events: own,
      attempts: attemptsOf(own),
      customer: earliest(payments.filter((event) => event.customer !== null))?.customer ?? null,
      ageBand: earliest(payments.filter((event) => event.ageBand !== null))?.ageBand ?? null,
      returning: earliest(payments.filter((event) => event.returning !== null))?.returning ?? null,
      requests,
      first: earliest(requests) ?? null,
    }
  })
}

function attemptsOf(events: readonly CheckoutEvent[]): Attempt[] {
  // Only payments name attempts: a reversal without a success "makes no attempt".
  const numbers = [...new Set(events.filter(isPayment).map((event) => event.attempt))]
  return numbers.map((number) => {
    const payments = events.filter(isPayment).filter((event) => event.attempt === number)
    const reversals = events
      .filter((event) => event.type === 'tillsight.payment.reversed')
      .filter((event) => event.attempt === number)

    // "the highest that any event gave it: pending (declined, `final:false`) < declined < succeeded;
    // among events of one state the earliest speaks"
    const success = earliest(payments.filter((event) => event.type === 'tillsight.payment.succeeded'))
    if (success !== undefined) {
      return {
        number,
        state: 'succeeded',
        speaks: success,
        reversed: isTakenBack(success, reversals),
      }
    }
    const declines = payments.filter((event) => event.type === 'tillsight.payment.declined')
    const final = earliest(declines.filter((event) => event.final))
    if (final !== undefined) return { number, state: 'declined', speaks: final, reversed: false }
    const pending = earliest(declines)
    if (pending === undefined) throw new Error('an attempt without a payment')
    return { number, state: 'pending', speaks: pending, reversed: false }
  })
}

/** "A reversal timed before, or at most 24 h after, the success that speaks takes it back" */
function isTakenBack(success: Succeeded, reversals: readonly Reversed[]): boolean {
  return reversals.some((reversal) => reversal.time <= success.time + hours24)
}

export function succeeded(checkout: Checkout): Paid[] {
  return checkout.attempts.filter((attempt) => attempt.state === 'succeeded')
}

export function isAttempted(checkout: Checkout): boolean {
  return checkout.requests.length > 0
}

/** "an attempt succeeded, at any time, reversed later or not, whose money came from Huabei" */
export function isApproved(checkout: Checkout): boolean {
  return succeeded(checkout).some((attempt) => moneyCameFromHuabei(attempt.speaks))
}

/** "a request is the success that speaks for its attempt, reversed later or not, and its money was not Huabei's" */
export function substitutingRequests(checkout: Checkout): Succeeded[] {
  return succeeded(checkout)
    .map((attempt) => attempt.speaks)
    .filter((event) => asksForHuabei(event) && !moneyCameFromHuabei(event))
}

/** Requests that are final declines, whatever became of their attempts. */
export function finalDeclines(checkout: Checkout): Declined[] {
  return checkout.requests.filter((event) => event.type === 'tillsight.payment.declined').filter((event) => event.final)
}

/**
 * "not approved, not substituted, no request is a final decline, and a request speaks for a pending attempt"
 */
export function isPending(checkout: Checkout): boolean {
  return (
    !isApproved(checkout) &&
    substitutingRequests(checkout).length === 0 &&
    finalDeclines(checkout).length === 0 &&
    checkout.attempts.some((attempt) => attempt.state === 'pending' && asksForHuabei(attempt.speaks))
  )
}
