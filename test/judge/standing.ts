// Contract section 7: acceptance, retention and return ratio of one merchant.

import { figuresOf } from './figures.ts'
import { isUnsupported, judgedOf, type Visit } from './visits.ts'

const days28 = 28 * 24 * 60 * 60_000

/** Null where it isn't known. */
export type Standing = { acceptance: number | null; retention: number | null; returnRatio: number | null }

/** Of the visits that the figures cover. `all` are the merchant's: a customer may return after the last of the weeks. */
export function standingOf(covered: readonly Visit[], all: readonly Visit[]): Standing {
  const { attempted, approved, pending, unsupported, netLost } = figuresOf(judgedOf(covered))
  const known = attempted.checkouts - pending.checkouts
  return {
    // "approved ÷ (attempted − pending), in checkouts"
    acceptance: known === 0 ? null : approved.checkouts / known,
    retention: retentionOf(attempted.checkouts, unsupported.amount, netLost.amount),
    returnRatio: returnRatioOf(covered, all),
  }
}

/** "1 − N ÷ Σ unsupported a, and 1 where nothing was unsupported but something attempted" */
function retentionOf(attempted: number, unsupported: number, netLost: number): number | null {
  if (unsupported > 0) return 1 - netLost / unsupported
  return attempted > 0 ? 1 : null
}

/**
 * "share of the unsupported checkouts with a customer that another checkout of that customer here followed [...] ÷ the
 * same share of all the merchant's other checkouts with a customer": approved, pending, declined for another reason or
 * never attempted. As (a · d) ÷ (b · c) rather than (a ÷ b) ÷ (c ÷ d), so that equal ratios are equal numbers.
 */
function returnRatioOf(covered: readonly Visit[], all: readonly Visit[]): number | null {
  const withCustomer = covered.filter(({ checkout }) => checkout.customer !== null)
  const unsupported = withCustomer.filter(isUnsupported)
  const others = withCustomer.filter((visit) => !isUnsupported(visit))
  const returning = (visits: readonly Visit[]) => visits.filter((visit) => isFollowed(visit, all)).length
  if (unsupported.length === 0 || returning(others) === 0) return null
  return (returning(unsupported) * others.length) / (unsupported.length * returning(others))
}

/**
 * "later than its t₀ and at most 28 days after". Where either checkout has no t₀, its earliest attempt stands for it,
 * as it does in `segments`.
 */
export function isFollowed(visit: Visit, all: readonly Visit[]): boolean {
  return all
    .filter(({ checkout }) => checkout.checkoutId !== visit.checkout.checkoutId)
    .filter(({ checkout }) => checkout.customer === visit.checkout.customer)
    .some(({ moment }) => moment > visit.moment && moment <= visit.moment + days28)
}
