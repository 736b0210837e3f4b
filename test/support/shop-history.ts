/** Twenty days of an invented shop: five refusals a day, with every outcome that a till can tell of. */

import type { WireEvent } from '../judge/wire-event.ts'

export const hour = 3_600_000
const day = 24 * hour

export const shop = { merchantNo: '898584058120001', terminals: ['10000001', '10000002'] }

const timeZone = 'Asia/Shanghai'
const localDay = (at: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at)
/** The local day so many days before that of `now`. */
export const daysAgo = (days: number, now = Date.now()): string => localDay(now - days * day)

/** What all judges are asked with. */
export const judgedAs = (events: readonly WireEvent[], from: string, to: string) => ({
  merchantNo: shop.merchantNo,
  timeZone,
  events,
  ownCodes: [],
  now: Date.now(),
  from,
  to,
})

interface Checkout {
  id: string
  at: number
  amount: number
  terminalNo?: string
}

const event = ({ id, at, terminalNo = '10000001' }: Omit<Checkout, 'amount'>) => ({
  specversion: '1.0',
  id,
  source: `urn:terminal:${shop.merchantNo}:${terminalNo}`,
  time: new Date(at).toISOString(),
})

export const declined = (
  checkout: Checkout,
  { code = 'POS_METHOD_NOT_IMPLEMENTED', ageBand }: { code?: string; ageBand?: string } = {},
): WireEvent => ({
  ...event(checkout),
  type: 'tillsight.payment.declined',
  data: {
    checkoutId: checkout.id,
    attempt: 1,
    amount: checkout.amount,
    method: 'HUABEI',
    code: { system: 'LOCAL', value: code },
    ...(ageBand !== undefined && { customer: { token: checkout.id, ageBand } }),
  },
})

const paid = (checkout: Checkout, amount: number, method: string): WireEvent => ({
  ...event({ ...checkout, id: `${checkout.id}-paid`, at: checkout.at + 60_000 }),
  type: 'tillsight.payment.succeeded',
  data: { checkoutId: checkout.id, attempt: 2, amount, method },
})

export const left = (checkout: Checkout): WireEvent => ({
  ...event({ ...checkout, id: `${checkout.id}-left`, at: checkout.at + 60_000 }),
  type: 'tillsight.checkout.abandoned',
  data: { checkoutId: checkout.id },
})

/** Of each day's five: two leave (one says so), one buys less, two pay otherwise. The nearer to now, the dearer. */
export function shopHistory(now: number): WireEvent[] {
  return Array.from({ length: 100 }, (_, i): WireEvent[] => {
    const daysBack = 1 + Math.floor(i / 5)
    const checkout = {
      id: `basket-${i}`,
      at: now - daysBack * day - (i % 5) * hour,
      amount: 10_000 + (100 - i) * 137,
      terminalNo: i % 3 === 0 ? '10000002' : '10000001',
    }
    const refusal = declined(checkout, {
      ...(i % 4 === 0 && { code: 'POS_FIRMWARE_TOO_OLD' }),
      ageBand: i % 2 === 0 ? '18-24' : '35-44',
    })
    switch (i % 5) {
      case 0:
        return [refusal]
      case 1:
        return [refusal, left(checkout)]
      case 2:
        return [refusal, paid(checkout, 4_000, 'WECHAT')]
      case 3:
        return [refusal, paid(checkout, 30_000, 'CASH')]
      default:
        return [refusal, paid(checkout, 30_000, 'WECHAT')]
    }
  }).flat()
}
