// A merchant's checkouts as section 7 looks at them beyond lost sales: those never attempted are there too.

import { checkoutsOf, type Checkout } from './checkout.ts'
import { merchantOf, readEvent, withoutRepeats } from './event.ts'
import type { Judged } from './figures.ts'
import { judgeCheckouts, type LostSalesQuestion } from './lost-sales.ts'
import { earliest } from './order.ts'
import { groupOf } from './reasons.ts'

/** A checkout "with an attempt of any method". */
export type Visit = {
  checkout: Checkout
  /** "t₀ or else [...] their earliest attempt", UTC milliseconds. */
  moment: number
  /** "that of the earliest attempt" */
  amount: number
  /** Null where it isn't attempted. */
  judged: Judged | null
}

/** All of a merchant's, whatever their day. */
export function visitsOf(input: Pick<LostSalesQuestion, 'merchantNo' | 'events' | 'ownCodes' | 'now'>): Visit[] {
  const judged = judgeCheckouts(input)
  const own = input.events.filter((event) => merchantOf(event.source) === input.merchantNo)
  const events = withoutRepeats(own.map(readEvent))
  const checkouts = checkoutsOf(events.filter((event) => event.type !== 'tillsight.terminal.reported'))
  return checkouts.flatMap((checkout) => {
    // "the attempt's time, amount [...] are those of the event that speaks": the earliest attempt is the
    // one whose speaking event is the earliest, which the earliest request need not be.
    const attempt = earliest(checkout.attempts.map(({ speaks }) => speaks))
    if (attempt === undefined) return []
    return {
      checkout,
      moment: checkout.first?.time ?? attempt.time,
      amount: attempt.amount,
      judged: judged.find((each) => each.checkoutId === checkout.checkoutId) ?? null,
    }
  })
}

export function isUnsupported(visit: Visit): boolean {
  const reason = visit.judged?.reason ?? null
  return reason !== null && groupOf(reason) === 'unsupported'
}

/** What is judged of those that are attempted. */
export function judgedOf(visits: readonly Visit[]): Judged[] {
  return visits.map((visit) => visit.judged).filter((judged) => judged !== null)
}
