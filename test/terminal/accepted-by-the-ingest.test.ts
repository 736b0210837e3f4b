/** What the client's typed calls make, the ingest accepts: their two spellings of the events are one. */

import { validate } from '@tillsight/ingest/validate.ts'
import * as shared from '@tillsight/shared/events/event.ts'
import { codeSystems, declarableCauses } from '@tillsight/shared/events/reasons.ts'
import { customerTokens, knownToken } from '@tillsight/terminal'
import type * as client from '@tillsight/terminal'
import { eventText, largestEvent, sentFields } from '@tillsight/terminal/event-text.ts'
import { uuidV7 } from '@tillsight/terminal/uuid-v7.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** Every value of a union, and no other: the compiler sees to it. */
const every = <T extends string>(values: Record<T, true>) => Object.keys(values) as T[]

const methods = every<client.Method>({
  HUABEI: true,
  HUABEI_INSTALMENT: true,
  ALIPAY: true,
  WECHAT: true,
  CARD: true,
  UNIONPAY_QR: true,
  ECNY: true,
  CASH: true,
  OTHER: true,
})
const states = every<client.CapabilityState>({
  not_capable: true,
  capable_not_signed: true,
  signed_not_open: true,
  open: true,
  suspended: true,
})
const ageBands = every<client.AgeBand>({
  'under-18': true,
  '18-24': true,
  '25-34': true,
  '35-44': true,
  '45-59': true,
  '60+': true,
})
const systems = every<client.Code['system']>({ LOCAL: true, ALIPAY: true, ISO8583: true, WECHAT: true })
const causes = every<client.DeclarableCause>({
  TECH_NO_SUPPORT: true,
  LEGACY_INCOMPATIBLE: true,
  CHANNEL_COMPETITION: true,
  POLICY_LICENCE: true,
  NO_AGREEMENT: true,
  MARGIN_FEE: true,
  COST_BENEFIT: true,
  RISK_APPETITE: true,
  CUSTOMER_MIX: true,
})

test('client and ingest list the same values', () => {
  expect(new Set(methods)).toEqual(new Set(shared.methods))
  expect(new Set(states)).toEqual(new Set(shared.capabilityStates))
  expect(new Set(ageBands)).toEqual(new Set(shared.ageBands))
  expect(new Set(systems)).toEqual(new Set(codeSystems))
  expect(new Set(causes)).toEqual(new Set(declarableCauses))
})

interface Shape {
  properties?: Record<string, Shape>
  items?: Shape
}
const namesIn = ({ properties = {}, items }: Shape): string[] => [
  ...Object.entries(properties).flatMap(([name, shape]) => [name, ...namesIn(shape)]),
  ...(items === undefined ? [] : namesIn(items)),
]

test('the client sends every field that the ingest reads, and no other', () => {
  const read = [shared.envelopeSchema, ...Object.values(shared.dataSchemas)].flatMap((schema) =>
    namesIn(schema as Shape),
  )
  expect(new Set(sentFields)).toEqual(new Set([...read, 'data']))
  expect(new Set(sentFields).size).toBe(sentFields.length)
})

const text = (maxLength: number) => fc.stringMatching(new RegExp(`^[a-z花呗 -]{1,${maxLength}}$`))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const amount = fc.integer({ min: 1, max: shared.largestAmount })
const tokenOf = customerTokens('a secret of the tests, long enough')
const attempt = { checkoutId: text(64), attempt: fc.integer({ min: 1, max: 1_000 }) }
const payment = {
  ...attempt,
  amount,
  currency: maybe(fc.constant('CNY' as const)),
  method: fc.constantFrom(...methods),
  intendedMethod: maybe(fc.constantFrom(...methods)),
  outTradeNo: maybe(text(64)),
  instalments: maybe(fc.constantFrom(3 as const, 6 as const, 12 as const, 24 as const)),
  sellerPercent: maybe(fc.constantFrom(0 as const, 100 as const)),
  customer: maybe(
    fc.record({
      token: fc.oneof(fc.string().map(tokenOf), fc.constant(knownToken('9f2c'))),
      ageBand: maybe(fc.constantFrom(...ageBands)),
      returning: maybe(fc.boolean()),
    }),
  ),
  items: maybe(
    fc.array(fc.record({ category: maybe(text(9)), quantity: maybe(fc.nat(99)), amount: maybe(amount) }), {
      maxLength: 100,
    }),
  ),
}
const state = fc.constantFrom(...states)
const report = fc.record({
  methods: fc.oneof(
    fc.dictionary(fc.constantFrom(...methods), state) as fc.Arbitrary<
      Partial<Record<client.Method, client.CapabilityState>>
    >,
    fc.array(fc.record({ method: fc.constantFrom(...methods), state })),
  ),
  firmware: maybe(text(20)),
  model: maybe(text(20)),
  cause: maybe(fc.constantFrom(...causes, null)),
})
const data: { [T in client.EventType]: fc.Arbitrary<client.EventData[T]> } = {
  'tillsight.payment.declined': fc.record({
    ...payment,
    code: fc.record({ system: fc.constantFrom(...systems), value: text(64) }),
    final: maybe(fc.boolean()),
    disabledChannels: maybe(fc.array(text(20), { maxLength: 20 })),
  }),
  'tillsight.payment.succeeded': fc.record({
    ...payment,
    fundBills: maybe(fc.array(fc.record({ channel: text(20), amount }), { maxLength: 20 })),
  }),
  'tillsight.payment.reversed': fc.record(attempt),
  'tillsight.checkout.abandoned': fc.record({ checkoutId: text(64) }),
  'tillsight.terminal.reported': report,
}

test.each(Object.keys(data) as client.EventType[])('the ingest accepts every %s that the types allow', (type) => {
  const now = Date.now()
  const source = 'urn:terminal:898584058120001:10000001'
  fc.assert(
    fc.property(
      data[type] as fc.Arbitrary<client.EventData[typeof type]>,
      fc.integer({ min: 1, max: 2 ** 40 }),
      (one, sequence) => {
        const body = eventText({ id: uuidV7(now), source, type, time: now, sequence, data: one })
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(largestEvent)
        const read = validate({ value: JSON.parse(body) as unknown }, now)
        expect(read).toMatchObject({ source, type, time: now, sequence: String(sequence) })
        expect(read).not.toHaveProperty('code')
      },
    ),
    { numRuns: 300 },
  )
})
