// Sums over judged checkouts: the objects of contract section 7.

import type { Outcome, OutcomeName } from './outcome.ts'
import { groupOf } from './reasons.ts'

/** An attempted checkout and everything the contract says about it. */
export type Judged = {
  checkoutId: string
  t0: number
  a: number
  state: 'approved' | 'pending' | 'declined'
  /** Null unless declined. */
  reason: string | null
  /** Null unless unsupported. */
  outcome: Outcome | null
}

type Count = { checkouts: number; amount: number }
type Outcomes = Record<Exclude<OutcomeName, 'downsized'>, Count> & {
  downsized: Count & { paid: number }
}

export type Figures = {
  attempted: Count
  approved: Count
  pending: Count
  declined: Count
  unsupported: Count
  unmapped: Count
  outcomes: Outcomes
  netLost: { amount: number; low: number; high: number }
}

export type AbandonmentRate = {
  value: number | null
  low: number | null
  high: number | null
  /** The denominator. */
  checkouts: number
}

export type ReasonRow = Count & {
  reason: string
  group: string
  netLost: { amount: number } | null
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** "Every `amount` is Σ a." */
function count(checkouts: readonly Judged[]): Count {
  return { checkouts: checkouts.length, amount: sum(checkouts.map((checkout) => checkout.a)) }
}

function ending(checkouts: readonly Judged[], name: OutcomeName): Judged[] {
  return checkouts.filter((checkout) => checkout.outcome?.name === name)
}

function paid(checkouts: readonly Judged[]): number {
  return sum(checkouts.map((checkout) => checkout.outcome?.p ?? 0))
}

/** "N = Σ abandoned a + Σ downsized (a − p)" */
function netLost(checkouts: readonly Judged[]): { amount: number; low: number; high: number } {
  const abandoned = ending(checkouts, 'abandoned')
  const explicit = abandoned.filter((checkout) => checkout.outcome?.explicit ?? false)
  const downsized = ending(checkouts, 'downsized')
  const less = count(downsized).amount - paid(downsized)
  const amount = count(abandoned).amount + less
  return {
    amount,
    // "Of the abandoned, the low bound takes only those with an explicit event"
    low: count(explicit).amount + less,
    // "the high bound adds Σ unknown a"
    high: amount + count(ending(checkouts, 'unknown')).amount,
  }
}

function unsupportedOf(checkouts: readonly Judged[]): Judged[] {
  return checkouts.filter((checkout) => checkout.reason !== null && groupOf(checkout.reason) === 'unsupported')
}

export function figuresOf(checkouts: readonly Judged[]): Figures {
  const unsupported = unsupportedOf(checkouts)
  const downsized = ending(checkouts, 'downsized')
  return {
    attempted: count(checkouts),
    approved: count(checkouts.filter((checkout) => checkout.state === 'approved')),
    pending: count(checkouts.filter((checkout) => checkout.state === 'pending')),
    declined: count(checkouts.filter((checkout) => checkout.state === 'declined')),
    unsupported: count(unsupported),
    unmapped: count(checkouts.filter((checkout) => checkout.reason === 'UNMAPPED')),
    outcomes: {
      recoveredInWallet: count(ending(checkouts, 'recoveredInWallet')),
      recoveredOther: count(ending(checkouts, 'recoveredOther')),
      downsized: { ...count(downsized), paid: paid(downsized) },
      deferred: count(ending(checkouts, 'deferred')),
      abandoned: count(ending(checkouts, 'abandoned')),
      open: count(ending(checkouts, 'open')),
      unknown: count(ending(checkouts, 'unknown')),
    },
    netLost: netLost(checkouts),
  }
}

/** The Wilson score interval of x of n at 95 %, with z = 1.959963984540054. */
export function wilson(x: number, n: number): { low: number; high: number } {
  const z = 1.959963984540054
  const share = x / n
  const scale = 1 + (z * z) / n
  const centre = (share + (z * z) / (2 * n)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  // At 0 and n the bound is 0 and 1 exactly; rounding can carry it 1e-17 beyond.
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** "abandoned ÷ (unsupported − unknown − open) [...] null when the denominator [...] is below 20" */
export function abandonmentRateOf(checkouts: readonly Judged[]): AbandonmentRate {
  const abandoned = ending(checkouts, 'abandoned').length
  const denominator =
    unsupportedOf(checkouts).length - ending(checkouts, 'unknown').length - ending(checkouts, 'open').length
  if (denominator < 20) return { value: null, low: null, high: null, checkouts: denominator }
  return {
    value: abandoned / denominator,
    ...wilson(abandoned, denominator),
    checkouts: denominator,
  }
}

/** "`reasons` covers all declined checkouts, those with none left out; `netLost` is null outside the unsupported group" */
export function reasonRowsOf(checkouts: readonly Judged[]): ReasonRow[] {
  const reasons = [...new Set(checkouts.map((checkout) => checkout.reason))].filter((reason) => reason !== null)
  return reasons.toSorted().map((reason) => {
    const those = checkouts.filter((checkout) => checkout.reason === reason)
    const group = groupOf(reason)
    return {
      reason,
      group,
      ...count(those),
      netLost: group === 'unsupported' ? { amount: netLost(those).amount } : null,
    }
  })
}
