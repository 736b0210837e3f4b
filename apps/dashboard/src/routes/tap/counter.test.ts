import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Happening } from '@tillsight/terminal/terminal.ts'
import { keypad } from './amount.ts'
import { methods, tapped, type Counter, type Tap } from './counter.ts'

const terminal = { source: 'urn:terminal:898584058120001:TAP00001' }
const noon = Date.UTC(2026, 10, 1, 4)
const minute = 60_000

/** Takes the taps, each so many ms after the one before. */
function play(taps: readonly (Tap | [after: number, tap: Tap])[], from: Counter = {}) {
  let now = noon
  let counter = from
  const happenings: Happening[] = []
  for (const one of taps) {
    const [after, tap] = Array.isArray(one) ? one : ([1_000, one] as const)
    const step = tapped(counter, tap, (now += after), terminal)
    counter = step.note
    happenings.push(...step.happenings)
  }
  return { counter, happenings }
}

const of = 'c1'
const asked: Tap[] = [
  { tap: 'asked', checkoutId: of },
  ...(['8', '6'] as const).map((key) => ({ tap: 'key', of, key }) as const),
  { tap: 'amount', of },
]
const told = (counter: Counter) => counter.told
const send: Tap = { tap: 'send', of }

test('asked, the amount, paid otherwise: a refusal and the payment that saved the sale', () => {
  const { happenings, counter } = play([...asked, { tap: 'paid', of, method: 'WECHAT' }, send])
  expect(happenings).toEqual([
    {
      terminal,
      type: 'tillsight.payment.declined',
      time: noon + 1_000,
      data: {
        ...{ checkoutId: of, attempt: 1, amount: 8_600, method: 'HUABEI' },
        code: { system: 'LOCAL', value: 'POS_CUSTOMER_ASKED_NOT_TRIED' },
      },
    },
    {
      terminal,
      type: 'tillsight.payment.succeeded',
      time: noon + 5_000,
      data: { checkoutId: of, attempt: 2, amount: 8_600, method: 'WECHAT' },
    },
  ])
  expect(counter).toEqual({})
})

test('paid less needs an amount below what was asked for', () => {
  const less: Tap[] = [...asked, { tap: 'less', of }]
  for (const keys of [[], ['8', '6'], ['9', '0'], ['0']] as const) {
    const { counter } = play([
      ...less,
      ...keys.map((key) => ({ tap: 'key', of, key }) as const),
      { tap: 'paid', of, method: 'CASH' },
    ])
    expect(told(counter)).toBeUndefined()
  }
  const { counter } = play([...less, { tap: 'key', of, key: '5' }, { tap: 'paid', of, method: 'CASH' }])
  expect(told(counter)).toMatchObject({ amount: 8_600, payment: { method: 'CASH', amount: 500 } })
})

test('left: a refusal and a customer who left', () => {
  const { happenings } = play([...asked, { tap: 'left', of }, send])
  expect(happenings).toMatchObject([
    { type: 'tillsight.payment.declined' },
    { type: 'tillsight.checkout.abandoned', data: { checkoutId: of } },
  ])
})

test('nothing is recorded before it is told what became of it, nor while it can be taken back', () => {
  expect(play([...asked, { tap: 'left', of }]).happenings).toEqual([])
})

test('what was told can be taken back and told otherwise; it is one customer', () => {
  const { happenings } = play([
    ...asked,
    { tap: 'left', of },
    { tap: 'undo', of },
    { tap: 'paid', of, method: 'CASH' },
    send,
  ])
  expect(happenings.map(({ type }) => type)).toEqual(['tillsight.payment.declined', 'tillsight.payment.succeeded'])
})

test('a customer who is taken back and dropped leaves no trace', () => {
  const { happenings, counter } = play([
    ...asked,
    { tap: 'left', of },
    { tap: 'undo', of },
    { tap: 'discard', of },
    send,
  ])
  expect({ happenings, counter }).toEqual({ happenings: [], counter: {} })
})

test('the next customer sends the one before', () => {
  const { happenings, counter } = play([...asked, { tap: 'left', of }, { tap: 'asked', checkoutId: 'c2' }])
  expect(happenings).toHaveLength(2)
  expect(counter).toMatchObject({ asking: { checkoutId: 'c2', step: 'amount' } })
  expect(counter.told).toBeUndefined()
})

test('what is told after a quarter of an hour is asked when it was: then, or just now', () => {
  const late: [number, Tap] = [16 * minute, { tap: 'paid', of, method: 'CASH' }]
  const { counter } = play([...asked, late])
  expect(counter).toMatchObject({ asking: { step: 'when' } })
  const answers = (['then', 'now'] as const).map((when) =>
    told(play([...asked, late, { tap: 'when', of, when }]).counter),
  )
  expect(answers).toMatchObject([{ at: noon + 1_000 }, { at: noon + 16 * minute + 5_000 }])
})

test('a day later nothing was just now', () => {
  const late: [number, Tap] = [25 * 60 * minute, { tap: 'paid', of, method: 'CASH' }]
  expect(told(play([...asked, late, { tap: 'when', of, when: 'now' }]).counter)).toBeUndefined()
  expect(told(play([...asked, late, { tap: 'when', of, when: 'then' }]).counter)).toMatchObject({ at: noon + 1_000 })
})

test('a clock that is set back puts no payment before its request', () => {
  const { counter } = play([...asked, [-60 * minute, { tap: 'paid', of, method: 'CASH' }]])
  expect(told(counter)).toMatchObject({ askedAt: noon + 1_000, at: noon + 1_000 })
})

test('back leads where one came from, and from the amount to nothing', () => {
  const back: Tap = { tap: 'back', of }
  const { counter } = play([...asked, { tap: 'less', of }, back])
  expect(counter).toMatchObject({ asking: { step: 'outcome', amount: 8_600 } })
  expect(play([back], counter).counter).toMatchObject({ asking: { step: 'amount', typed: '86' } })
  expect(play([back, back], counter).counter).toEqual({})
})

const ids = ['c1', 'c2', 'c3'] as const
const id = fc.constantFrom(...ids)
const anyTap: fc.Arbitrary<Tap> = fc.oneof(
  fc.record({ tap: fc.constant('key' as const), of: id, key: fc.constantFrom(...keypad) }),
  fc.record({ tap: fc.constantFrom('amount' as const, 'less' as const, 'left' as const), of: id }),
  fc.record({ tap: fc.constantFrom('back' as const, 'discard' as const, 'undo' as const, 'send' as const), of: id }),
  fc.record({ tap: fc.constant('paid' as const), of: id, method: fc.constantFrom(...methods) }),
  fc.record({ tap: fc.constant('when' as const), of: id, when: fc.constantFrom('then' as const, 'now' as const) }),
)

test('whatever is tapped, a customer is told of once, whole, and as the ingest takes it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -minute, max: 10 * minute }), fc.oneof(anyTap, fc.constant('asked'))), {
        maxLength: 200,
      }),
      (taps) => {
        let customers = 0
        const { happenings } = play(
          taps.map(([after, tap]): [number, Tap] => [
            after,
            // A page never names a customer twice.
            typeof tap === 'string' ? { tap: 'asked', checkoutId: ids[customers++] ?? `c${customers}` } : tap,
          ]),
        )
        const refusals = happenings.filter((_, i) => i % 2 === 0)
        const outcomes = happenings.filter((_, i) => i % 2 === 1)
        expect(outcomes).toHaveLength(refusals.length)
        expect(new Set(refusals.map(({ data }) => (data as { checkoutId: string }).checkoutId)).size).toBe(
          refusals.length,
        )
        refusals.forEach((refusal, i) => {
          const outcome = outcomes[i] as Happening
          const { amount: a, checkoutId } = refusal.data as { amount: number; checkoutId: string }
          expect(refusal.type).toBe('tillsight.payment.declined')
          expect(outcome.data).toMatchObject({ checkoutId })
          expect(Number(outcome.time)).toBeGreaterThanOrEqual(Number(refusal.time))
          expect(a).toBeGreaterThan(0)
          if (outcome.type !== 'tillsight.payment.succeeded') return
          expect(outcome.data.amount).toBeGreaterThan(0)
          expect(outcome.data.amount).toBeLessThanOrEqual(a)
        })
      },
    ),
  )
})
