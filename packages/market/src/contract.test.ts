// An independent reading of contract section 4: not the product's own schema, so that the two can disagree.
import { expect, test } from 'vitest'
import type { MarketEvent } from './events.ts'
import { market } from './market.ts'
import { marketEvents } from './stream.ts'

const METHODS = ['HUABEI', 'HUABEI_INSTALMENT', 'ALIPAY', 'WECHAT', 'CARD', 'UNIONPAY_QR', 'ECNY', 'CASH', 'OTHER']
const STATES = ['not_capable', 'capable_not_signed', 'signed_not_open', 'open', 'suspended']
const AGES = ['under-18', '18-24', '25-34', '35-44', '45-59', '60+']
const PAYMENT = [
  'checkoutId',
  'attempt',
  'amount',
  'currency',
  'method',
  'intendedMethod',
  'outTradeNo',
  'instalments',
  'sellerPercent',
  'customer',
]
const FIELDS: Record<MarketEvent['type'], readonly string[]> = {
  'tillsight.payment.declined': [...PAYMENT, 'code', 'final', 'disabledChannels'],
  'tillsight.payment.succeeded': [...PAYMENT, 'fundBills'],
  'tillsight.payment.reversed': ['checkoutId', 'attempt'],
  'tillsight.checkout.abandoned': ['checkoutId'],
  'tillsight.terminal.reported': ['methods', 'firmware', 'model', 'cause'],
}

const text = (value: unknown, most: number) => typeof value === 'string' && value.length >= 1 && value.length <= most
const whole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most

function faults(event: MarketEvent): string[] {
  const found: string[] = []
  const need = (holds: boolean, what: string) => {
    if (!holds) found.push(`${what}: ${JSON.stringify(event)}`)
  }
  need(event.specversion === '1.0', 'specversion')
  need(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(event.id), 'id')
  need(/^urn:terminal:\d{15}:\d{8}$/.test(event.source), 'source')
  need(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/.test(event.time), 'time')
  need(/^\d+$/.test(event.sequence), 'sequence')
  need(
    Object.keys(event.data).every((key) => FIELDS[event.type].includes(key)),
    'an unnamed field',
  )
  need(JSON.stringify(event).length < 16 * 1024, 'size')
  if (event.type === 'tillsight.terminal.reported') {
    need(
      event.data.methods.every(({ method, state }) => METHODS.includes(method) && STATES.includes(state)),
      'methods',
    )
    return found
  }
  need(text(event.data.checkoutId, 64), 'checkoutId')
  if (event.type === 'tillsight.checkout.abandoned') return found
  need(whole(event.data.attempt, 1_000), 'attempt')
  if (event.type === 'tillsight.payment.reversed') return found

  const { amount, method, intendedMethod, outTradeNo, instalments, sellerPercent, customer } = event.data
  need(whole(amount, 1e11), 'amount')
  need(METHODS.includes(method), 'method')
  need(intendedMethod === undefined || METHODS.includes(intendedMethod), 'intendedMethod')
  need(outTradeNo === undefined || text(outTradeNo, 64), 'outTradeNo')
  need(instalments === undefined || [3, 6, 12, 24].includes(instalments), 'instalments')
  need(sellerPercent === undefined || [0, 100].includes(sellerPercent), 'sellerPercent')
  need(customer?.token === undefined || /^[0-9a-f]{64}$/.test(customer.token), 'token')
  need(customer?.ageBand === undefined || AGES.includes(customer.ageBand), 'ageBand')
  if (event.type === 'tillsight.payment.declined') {
    const { code, disabledChannels } = event.data
    need(['LOCAL', 'ALIPAY', 'ISO8583', 'WECHAT'].includes(code.system) && text(code.value, 64), 'code')
    need(disabledChannels === undefined || disabledChannels.length <= 20, 'disabledChannels')
  } else {
    const { fundBills } = event.data
    need(fundBills === undefined || fundBills.reduce((sum, bill) => sum + bill.amount, 0) === amount, 'fundBills sum')
    need(fundBills === undefined || fundBills.every((bill) => whole(bill.amount, 1e11)), 'fundBills')
  }
  return found
}

const events = [
  ...marketEvents(market({ seed: 5, merchants: 24, providers: 2 }), { from: '2026-10-31', to: '2026-11-20' }),
]

test('every event is valid under contract section 4', () => {
  expect(events.flatMap(faults)).toEqual([])
})

test('no customer of less than 18 asks for Huabei', () => {
  const minors = events.filter(
    (event) => event.type === 'tillsight.payment.declined' && event.data.customer?.ageBand === 'under-18',
  )
  expect(minors).toEqual([])
})

test("a checkout's events lie within 48 hours, and no attempt has two order numbers", () => {
  const checkouts = Map.groupBy(
    events.flatMap((event) => (event.type === 'tillsight.terminal.reported' ? [] : [event])),
    ({ source, data }) => `${source.slice(0, 28)} ${data.checkoutId}`,
  )
  for (const own of checkouts.values()) {
    const times = own.map(({ time }) => Date.parse(time))
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(48 * 3_600_000)
    const orders = own.flatMap(({ data }) => ('outTradeNo' in data ? [`${data.attempt} ${data.outTradeNo}`] : []))
    expect(new Set(orders).size).toBe(new Set(orders.map((order) => order.split(' ')[0])).size)
  }
})
