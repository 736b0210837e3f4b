/** Events that are valid in every field, and ways to change one thing about them. */

export const merchantNo = '898584058120001'
export const terminalNo = '10000001'
export const sourceOf = (merchant: string, terminal: string): string => `urn:terminal:${merchant}:${terminal}`
export const source = sourceOf(merchantNo, terminalNo)

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export interface Event {
  [key: string]: Json
}

const customer = { token: '9f2c61', ageBand: '18-24', returning: false }
const payment = {
  checkoutId: '20261101-000317',
  attempt: 1,
  amount: 8600,
  currency: 'CNY',
  method: 'HUABEI',
  intendedMethod: 'HUABEI',
  outTradeNo: 'T1',
  instalments: 3,
  sellerPercent: 0,
  customer,
  items: [{ category: 'food', quantity: 2, amount: 4300 }],
}

/** Every field that contract section 4 names, by the last two words of the event's type. */
const data = {
  'payment.declined': {
    ...payment,
    code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
    final: true,
    disabledChannels: ['pcredit'],
  },
  'payment.succeeded': { ...payment, fundBills: [{ channel: 'PCREDIT', amount: 8600 }] },
  'payment.reversed': { checkoutId: payment.checkoutId, attempt: 1 },
  'checkout.abandoned': { checkoutId: payment.checkoutId },
  'terminal.reported': {
    methods: [{ method: 'HUABEI', state: 'open' }],
    firmware: '1.0',
    model: 'I9',
    cause: 'MARGIN_FEE',
  },
} satisfies Record<string, Json>

export type Kind = keyof typeof data
export const kinds = Object.keys(data) as Kind[]

let made = 0

export function sample(kind: Kind, changes: Record<string, Json> = {}): Event {
  made += 1
  const event: Event = {
    specversion: '1.0',
    id: `sample-${made}`,
    source,
    type: `tillsight.${kind}`,
    time: ago(60_000),
    sequence: '1042',
    data: structuredClone(data[kind]),
  }
  return { ...event, ...changes }
}

/** An event of which only what it must hold is there. */
export const abandoned = (changes: Record<string, Json> = {}): Event => {
  const { sequence: _sequence, ...event } = sample('checkout.abandoned')
  return { ...event, ...changes }
}

export const ago = (ms: number): string => new Date(Date.now() - ms).toISOString()

/** Stands for a field that is not there. */
export const missing = undefined

/** The event with another value at a JSON pointer, or with nothing there. */
export function withValueAt(event: Event, pointer: string, value: Json | undefined): Event {
  const changed = structuredClone(event)
  const path = pointer.split('/').slice(1)
  const last = path.pop() ?? ''
  const holder = path.reduce<Event>((inner, key) => inner[key] as Event, changed)
  if (value === undefined) Reflect.deleteProperty(holder, last)
  else holder[last] = value
  return changed
}
