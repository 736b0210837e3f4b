// The judge: a slow, plain reading of contract sections 5, 6 and 7 for `lost-sales`, meant to be laid
// side by side with the contract. It shares no code with the service it judges.

import { checkoutsOf, isApproved, isAttempted, isPending, type Checkout } from './checkout.ts'
import { merchantOf, readEvent, withoutRepeats, type JudgedEvent } from './event.ts'
import { abandonmentRateOf, figuresOf, reasonRowsOf } from './figures.ts'
import type { AbandonmentRate, Figures, Judged, ReasonRow } from './figures.ts'
import { intervalsOf, type IntervalName } from './intervals.ts'
import { localDay } from './local-time.ts'
import { outcomeOf } from './outcome.ts'
import { groupOf, reasonOf, type OwnCode } from './reasons.ts'
import type { WireEvent } from './wire-event.ts'

export type LostSalesQuestion = {
  merchantNo: string
  timeZone: string
  /** As posted: in any order, with any repeats, of any merchants. All of them valid. */
  events: readonly WireEvent[]
  ownCodes: readonly OwnCode[]
  /** UTC milliseconds. */
  now: number
  from: string
  to: string
  interval: IntervalName
}

/** The body of section 7 without `asOf` and `basis`; `reasons` sorted by name. */
export type LostSales = {
  merchantNo: string
  currency: 'CNY'
  timeZone: string
  from: string
  to: string
  totals: Figures & { abandonmentRate: AbandonmentRate }
  series: ({ start: string; settled: boolean } & Figures)[]
  reasons: ReasonRow[]
}

export function judgeLostSales(input: LostSalesQuestion): LostSales {
  const { merchantNo, timeZone, from, to, interval, now } = input
  const inRange = judgeCheckouts(input).filter((checkout) => {
    // "It belongs to the local day of t₀."
    const day = localDay(checkout.t0, timeZone)
    return day >= from && day <= to
  })
  return {
    merchantNo,
    currency: 'CNY',
    timeZone,
    from,
    to,
    totals: { ...figuresOf(inRange), abandonmentRate: abandonmentRateOf(inRange) },
    series: intervalsOf(from, to, interval, timeZone).map(({ start, begin, end, settledAt }) => ({
      start,
      settled: now >= settledAt,
      ...figuresOf(inRange.filter((checkout) => checkout.t0 >= begin && checkout.t0 < end)),
    })),
    reasons: reasonRowsOf(inRange),
  }
}

/** Every attempted checkout of the merchant, whatever its day. */
export function judgeCheckouts(input: Pick<LostSalesQuestion, 'merchantNo' | 'events' | 'ownCodes' | 'now'>): Judged[] {
  const own = input.events.filter((event) => merchantOf(event.source) === input.merchantNo)
  const events = withoutRepeats(own.map(readEvent))
  const checkouts = checkoutsOf(events.filter((event) => event.type !== 'tillsight.terminal.reported'))
  return checkouts.filter(isAttempted).map((checkout) => judgeCheckout(checkout, checkouts, events, input))
}

function judgeCheckout(
  checkout: Checkout,
  checkouts: readonly Checkout[],
  events: readonly JudgedEvent[],
  { ownCodes, now }: Pick<LostSalesQuestion, 'ownCodes' | 'now'>,
): Judged {
  if (checkout.first === null) throw new Error('not attempted')
  const base = {
    checkoutId: checkout.checkoutId,
    t0: checkout.first.time,
    a: checkout.first.amount,
  }
  if (isApproved(checkout)) return { ...base, state: 'approved', reason: null, outcome: null }
  if (isPending(checkout)) return { ...base, state: 'pending', reason: null, outcome: null }

  // "declined: attempted, neither approved nor pending"
  const reports = events.filter((event) => event.type === 'tillsight.terminal.reported')
  const others = events.filter((event) => event.type !== 'tillsight.terminal.reported')
  const reason = reasonOf(checkout, reports, ownCodes)
  const outcome = groupOf(reason) === 'unsupported' ? outcomeOf(checkout, checkouts, others, now) : null
  return { ...base, state: 'declined', reason, outcome }
}
