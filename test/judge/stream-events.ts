// What happens in a generated stream, before it has a place in time: events from small pools, so that
// they collide.

import fc from 'fast-check'
import { delays, reportDelays, reversalDelays, soonDelays, starts, type Start } from './stream-moments.ts'
import { amounts, codes, customers, disabledChannels, ids } from './stream-pools.ts'
import type { EventType, WireData } from './wire-event.ts'

/** `id` null: one of its own. `terminal` counts into the merchant's terminals. */
export type Sketch = {
  type: EventType
  delay: number
  terminal: number
  id: string | null
  data: WireData
}
export type SketchedCheckout = { start: Start; events: Sketch[] }
export type SketchedReport = Sketch & { start: Start }

const sketchedIds = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...ids) },
  { weight: 2, arbitrary: fc.constant(null) },
)

/** An optional field: the object that holds it one time in `oneIn`, else an empty one. */
function sometimes(oneIn: number, present: fc.Arbitrary<WireData>): fc.Arbitrary<WireData> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant<WireData>({}) }, { weight: 1, arbitrary: present })
}

/** Fields drawn apart, as one `data`. */
function together(...parts: fc.Arbitrary<WireData>[]): fc.Arbitrary<WireData> {
  return fc.tuple(...parts).map((drawn) => Object.assign({}, ...drawn) as WireData)
}

const plain = { attempt: fc.integer({ min: 1, max: 3 }), amount: fc.constantFrom(...amounts) }
const extras = together(
  sometimes(
    2,
    customers.map((customer) => ({ customer })),
  ),
  sometimes(3, fc.constant({ currency: 'CNY' })),
  sometimes(
    6,
    fc.constantFrom<WireData>(
      { outTradeNo: 'o1' },
      { instalments: 3, sellerPercent: 0 },
      { items: [{ category: 'tea', quantity: 1, amount: 30 }] },
    ),
  ),
)

const asking = fc.constantFrom(
  ...[{ method: 'HUABEI' }, { method: 'HUABEI' }, { method: 'HUABEI_INSTALMENT' }],
  ...[
    { method: 'ALIPAY', intendedMethod: 'HUABEI' },
    { method: 'OTHER', intendedMethod: 'HUABEI_INSTALMENT' },
  ],
)
const notAsking = fc.constantFrom(
  ...[{ method: 'ALIPAY' }, { method: 'WECHAT' }, { method: 'CASH' }, { method: 'CARD', intendedMethod: 'ALIPAY' }],
)

function sketch(type: EventType, delay: fc.Arbitrary<number>, data: fc.Arbitrary<WireData>): fc.Arbitrary<Sketch> {
  return fc.record({
    type: fc.constant(type),
    delay,
    terminal: fc.nat({ max: 3 }),
    id: sketchedIds,
    data,
  })
}

function decline(
  delay: fc.Arbitrary<number>,
  method: fc.Arbitrary<WireData>,
  final: fc.Arbitrary<WireData>,
): fc.Arbitrary<Sketch> {
  const disabled = sometimes(
    5,
    disabledChannels.map((channels) => ({ disabledChannels: channels })),
  )
  const data = together(fc.record({ ...plain, code: codes }), method, final, disabled, extras)
  return sketch('tillsight.payment.declined', delay, data)
}

function success(delay: fc.Arbitrary<number>, method: fc.Arbitrary<WireData>): fc.Arbitrary<Sketch> {
  return sketch('tillsight.payment.succeeded', delay, together(fc.record(plain), method, extras))
}

const isFinal = fc.constantFrom<WireData>({}, {}, { final: true })
const isPending = fc.constant<WireData>({ final: false })
const pcredit = [{ channel: 'PCREDIT', amount: 10 }]
const otherBills = [
  { channel: 'BANKCARD', amount: 100 },
  { channel: 'pcredit', amount: 1 },
]
const substituted = fc.constantFrom<WireData>(
  { method: 'ALIPAY', intendedMethod: 'HUABEI' },
  { method: 'HUABEI', fundBills: otherBills },
  { method: 'WECHAT', intendedMethod: 'HUABEI_INSTALMENT', fundBills: [] },
)
const approved = fc.constantFrom<WireData>(
  { method: 'HUABEI' },
  { method: 'HUABEI_INSTALMENT', fundBills: [] },
  { method: 'ALIPAY', fundBills: pcredit },
  { method: 'ALIPAY', intendedMethod: 'HUABEI', fundBills: [...otherBills, ...pcredit] },
)

const reversal = sketch('tillsight.payment.reversed', reversalDelays, fc.record({ attempt: plain.attempt }))
const abandonment = sketch('tillsight.checkout.abandoned', delays, fc.constant({}))

const opening = fc.oneof(
  { weight: 10, arbitrary: decline(fc.constant(0), asking, isFinal) },
  { weight: 4, arbitrary: decline(fc.constant(0), asking, isPending) },
  { weight: 2, arbitrary: success(fc.constant(0), substituted) },
  { weight: 1, arbitrary: success(delays, notAsking) },
)

const following = fc.oneof(
  { weight: 4, arbitrary: decline(delays, asking, isFinal) },
  { weight: 2, arbitrary: decline(delays, asking, isPending) },
  { weight: 1, arbitrary: decline(delays, notAsking, fc.oneof(isFinal, isPending)) },
  { weight: 4, arbitrary: success(delays, notAsking) },
  { weight: 4, arbitrary: success(soonDelays, notAsking) },
  { weight: 2, arbitrary: success(delays, substituted) },
  { weight: 1, arbitrary: success(delays, approved) },
  { weight: 3, arbitrary: reversal },
  { weight: 1, arbitrary: abandonment },
)

/** One checkout; with fewer events more of them stay unsupported. */
export function sketchedCheckouts(maxEvents: number): fc.Arbitrary<SketchedCheckout> {
  const events = fc
    .tuple(opening, fc.array(following, { maxLength: maxEvents - 1, size: 'max' }))
    .map(([first, rest]) => [first, ...rest])
  return fc.record({ start: starts, events })
}

const states = fc.constantFrom('not_capable', 'capable_not_signed', 'signed_not_open', 'open', 'suspended')
const causes = fc.constantFrom<WireData>(
  ...[
    {},
    { cause: null },
    { cause: 'MARGIN_FEE' },
    { cause: 'COST_BENEFIT' },
    { cause: 'RISK_APPETITE' },
    { cause: 'CUSTOMER_MIX' },
  ],
)
const report = fc
  .tuple(states, causes)
  .map(([state, cause]): WireData => ({ methods: [{ method: 'HUABEI', state }], ...cause }))

export const sketchedReports: fc.Arbitrary<SketchedReport> = fc
  .tuple(sketch('tillsight.terminal.reported', reportDelays, report), starts)
  .map(([event, start]) => ({ ...event, start }))
