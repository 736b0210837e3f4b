// Whole checkouts in a word, for streets of many merchants: what a customer did, and the events that tell of it.

import { W } from './outcome.ts'
import { minute, written } from './stream-moments.ts'
import type { EventType, WireData, WireEvent } from './wire-event.ts'

export const deeds = [
  ...(['approved', 'abandoned', 'recoveredInWallet', 'recoveredOther', 'downsized', 'pending', 'credit'] as const),
  ...(['sale', 'takenBack'] as const),
]
/** `sale` and `takenBack` (a sale that was reversed) never had to do with Huabei; the others are attempted. */
export type Deed = (typeof deeds)[number]

export type Told = {
  source: string
  checkoutId: string
  /** Of the first event, UTC milliseconds. */
  time: number
  amount: number
  token: string | null
}

const refusal = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
const noCredit = { system: 'ISO8583', value: '51' }

export function eventsOf(deed: Deed, { source, checkoutId, time, amount, token }: Told): WireEvent[] {
  const event = (type: EventType, number: number, at: number, data: WireData): WireEvent => ({
    specversion: '1.0',
    id: `${checkoutId}-${number}`,
    source,
    type,
    time: written(time + at, 480),
    data: { checkoutId, ...data },
  })
  const customer = token === null ? {} : { customer: { token } }
  const declined = (data: WireData = {}) =>
    event('tillsight.payment.declined', 1, 0, {
      ...{ attempt: 1, amount, method: 'HUABEI', code: refusal, ...customer },
      ...data,
    })
  const paid = (data: WireData, at = minute) =>
    event('tillsight.payment.succeeded', 2, at, { attempt: 2, amount, ...customer, ...data })

  switch (deed) {
    case 'approved':
      return [paid({ method: 'HUABEI' }, 0)]
    case 'abandoned':
      return [declined(), event('tillsight.checkout.abandoned', 3, W, {})]
    case 'recoveredInWallet':
      return [declined(), paid({ method: 'ALIPAY', intendedMethod: 'HUABEI' })]
    case 'recoveredOther':
      return [declined(), paid({ method: 'WECHAT' })]
    case 'downsized':
      return [declined(), paid({ method: 'CASH', amount: Math.ceil(amount / 2) })]
    case 'pending':
      return [declined({ final: false })]
    case 'credit':
      return [declined({ code: noCredit })]
    case 'sale':
      return [paid({ method: 'CASH' }, 0)]
    case 'takenBack':
      return [paid({ method: 'CASH' }, 0), event('tillsight.payment.reversed', 3, minute, { attempt: 2 })]
  }
}
