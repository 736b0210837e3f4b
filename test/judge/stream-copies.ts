// Copies that differ (a sender's defect: all of them stand) and copies that don't (repeats, however written).

import fc from 'fast-check'
import { utcMilliseconds } from './order.ts'
import { amounts, codes, ids, tokens } from './stream-pools.ts'
import { written } from './stream-moments.ts'
import type { WireData, WireEvent } from './wire-event.ts'

/** Makes another event of one, most often with the same `(source, id)`. */
export type Change = {
  of: number
  change: (event: WireEvent, terminals: readonly string[]) => WireEvent
}

const paymentTypes = ['tillsight.payment.declined', 'tillsight.payment.succeeded']

function withData(more: WireData): Change['change'] {
  // Elsewhere than in a payment these fields are un-named, and the copy would be a repeat.
  return (event) => (paymentTypes.includes(event.type) ? { ...event, data: { ...event.data, ...more } } : event)
}

function withoutData(field: 'currency' | 'customer' | 'intendedMethod' | 'fundBills' | 'final'): Change['change'] {
  return (event) => ({
    ...event,
    data: Object.fromEntries(Object.entries(event.data).filter(([name]) => name !== field)),
  })
}

/** With another amount besides, so that it matters which of the two is earlier. */
const atAnotherTerminal = fc
  .tuple(fc.nat({ max: 3 }), fc.constantFrom(...amounts))
  .map(([terminal, amount]): Change['change'] => (event, terminals) => {
    const terminalNo = terminals[terminal % terminals.length] ?? ''
    const source = [...event.source.split(':').slice(0, -1), terminalNo].join(':')
    return withData({ amount })({ ...event, source }, terminals)
  })

const changes: fc.Arbitrary<Change['change']> = fc.oneof(
  fc.constantFrom(...amounts, 1000, 20).map((amount) => withData({ amount })),
  fc.constantFrom('HUABEI', 'HUABEI_INSTALMENT', 'ALIPAY', 'CASH').map((method) => withData({ method })),
  fc.constantFrom(1, 2, 3).map((attempt) => withData({ attempt })),
  fc.constantFrom(...tokens).map((token) => withData({ customer: { token } })),
  fc.constantFrom('HUABEI', 'HUABEI_INSTALMENT').map((intendedMethod) => withData({ intendedMethod })),
  fc.boolean().map((final) => ifType('tillsight.payment.declined', withData({ final }))),
  codes.map((code) => ifType('tillsight.payment.declined', withData({ code }))),
  fc.constant(ifType('tillsight.payment.succeeded', withData({ fundBills: [{ channel: 'PCREDIT', amount: 1 }] }))),
  fc.constant(withData({ currency: 'CNY' })),
  // A default written out, and something that sorts after it: which of the two is earlier turns on it.
  fc
    .constantFrom<WireData>(
      { method: 'HUABEI_INSTALMENT' },
      { method: 'WECHAT' },
      { customer: { token: 'k3' } },
      { outTradeNo: 'o2' },
    )
    .map((more) => withData({ currency: 'CNY', ...more })),
  fc.constantFrom('currency', 'customer', 'intendedMethod', 'fundBills', 'final').map((field) => withoutData(field)),
  fc.constantFrom(-1, 1).map((by): Change['change'] => (event) => ({
    ...event,
    time: written(utcMilliseconds(event.time) + by, 480),
  })),
  fc.constantFrom('1', '2').map((sequence): Change['change'] => (event) => ({ ...event, sequence })),
  fc.constantFrom(...ids).map((id): Change['change'] => (event) => ({ ...event, id })),
  // Twice, because a tie that the source decides needs the same time and id besides.
  atAnotherTerminal,
  atAnotherTerminal,
)

function ifType(type: string, change: Change['change']): Change['change'] {
  return (event, terminals) => (event.type === type ? change(event, terminals) : event)
}

/** One field changed, or two at once. */
export const changedCopies: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), changes, fc.option(changes, { freq: 2 }))
  .map(([of, one, two]) => ({
    of,
    change: (event, terminals) => (two === null ? one(event, terminals) : two(one(event, terminals), terminals)),
  }))

/** How a repeat is written: nothing of it is a difference under contract section 4. */
export type Way = (event: WireEvent) => WireEvent

function backwards(event: WireEvent): WireEvent {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, inside]) => [name, turn(inside)]),
    )
  }
  return turn(event) as WireEvent
}

const atOffset =
  (offset: number): Way =>
  (event) => ({ ...event, time: written(utcMilliseconds(event.time), offset) })

/** Digits beyond the millisecond are cut, and `.000` may be left out. */
const otherFraction: Way = (event) => {
  const time = written(utcMilliseconds(event.time), 0)
  return {
    ...event,
    time: time.endsWith('.000Z') ? time.replace('.000Z', 'Z') : time.replace('Z', '999Z'),
  }
}

/** Un-named fields, some of them named for another type of event, "are dropped unread". */
const withUnnamed: Way = (event) => ({
  ...event,
  data: paymentTypes.includes(event.type)
    ? { remark: 'x', ...event.data }
    : { ...event.data, amount: 7, customer: { token: 'k1' }, method: 'HUABEI' },
})

const emptyBills: Way = (event) =>
  event.type === 'tillsight.payment.succeeded' && event.data.fundBills === undefined
    ? { ...event, data: { ...event.data, fundBills: [] } }
    : event

export const ways: fc.Arbitrary<Way> = fc.constantFrom<Way>(
  ...[(event: WireEvent) => event, backwards, otherFraction, withUnnamed, emptyBills],
  ...[atOffset(0), atOffset(-210), atOffset(345), atOffset(840)],
)

/** A shuffle that a seed alone decides; 0 leaves the order, so failures shrink to it. */
export function shuffled<T>(entries: readonly T[], seed: number): T[] {
  if (seed === 0) return [...entries]
  let state = seed
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0)
  return entries
    .map((entry) => ({ entry, key: next() }))
    .toSorted((x, y) => x.key - y.key)
    .map(({ entry }) => entry)
}
