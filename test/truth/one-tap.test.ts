/** What a cashier saw at the counter is what the judge reads from the taps. */

import { justNowMs, methods, tapped, type Counter, type Tap } from '@tillsight/dashboard/src/routes/tap/counter.ts'
import { typedOf, type Key } from '@tillsight/dashboard/src/routes/tap/amount.ts'
import { eventText } from '@tillsight/terminal/event-text.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import type { WireEvent } from '../judge/wire-event.ts'

const merchantNo = '898584058120001'
const source = `urn:terminal:${merchantNo}:TAP00001`
const start = Date.parse('2026-11-01T10:00:00+08:00')
const minute = 60_000
const window = 15 * minute

interface Customer {
  amount: number
  /** What was paid in the end, as a part of the amount: 0 means the customer left. */
  part: number
  method: (typeof methods)[number]
  /** From the request to when the cashier tells the outcome. */
  toldAfter: number
  /** Where the outcome is told late: whether it had happened at once. */
  atOnce: boolean
  /** The cashier tapped wrong first, and took it back. */
  mistaken: boolean
}
const customer: fc.Arbitrary<Customer> = fc.record({
  amount: fc.integer({ min: 2, max: 999_999_999 }),
  part: fc.constantFrom(0, 0.3, 0.7, 1),
  method: fc.constantFrom(...methods),
  toldAfter: fc.oneof(fc.integer({ min: 0, max: window }), fc.integer({ min: window + 1, max: justNowMs })),
  atOnce: fc.boolean(),
  mistaken: fc.boolean(),
})

const paidOf = ({ amount, part }: Customer) => (part === 0 ? 0 : Math.max(1, Math.floor(amount * part)))

function outcomeSeen(one: Customer): 'recoveredOther' | 'downsized' | 'deferred' | 'abandoned' {
  if (one.part === 0) return 'abandoned'
  if (one.toldAfter > window && !one.atOnce) return 'deferred'
  return paidOf(one) < one.amount ? 'downsized' : 'recoveredOther'
}

/** The taps of one customer, each with the time that has passed since the request. */
function tapsOf(one: Customer, of: string): [number, Tap][] {
  const keys = (fen: number) =>
    Array.from(typedOf(fen)).map((key): [number, Tap] => [0, { tap: 'key', of, key: key as Key }])
  const { toldAfter, method } = one
  const taps: [number, Tap][] = [[0, { tap: 'asked', checkoutId: of }], ...keys(one.amount), [0, { tap: 'amount', of }]]
  if (one.mistaken) taps.push([0, { tap: 'left', of }], [0, { tap: 'undo', of }])
  if (one.part === 0) return [...taps, [toldAfter, { tap: 'left', of }]]
  if (paidOf(one) < one.amount) taps.push([0, { tap: 'less', of }], ...keys(paidOf(one)))
  taps.push([toldAfter, { tap: 'paid', of, method }])
  if (toldAfter > window) taps.push([toldAfter, { tap: 'when', of, when: one.atOnce ? 'then' : 'now' }])
  return taps
}

test('three taps a customer, and every figure is what the cashier saw', () => {
  fc.assert(
    fc.property(fc.array(customer, { minLength: 1, maxLength: 12 }), (customers) => {
      let counter: Counter = {}
      let now = start
      const events: WireEvent[] = []
      const take = (tap: Tap) => {
        const { note, happenings } = tapped(counter, tap, now, { source })
        counter = note
        for (const { type, data, time } of happenings) {
          const sequence = events.length + 1
          const text = eventText({ id: String(sequence), source, type, time: Number(time), sequence, data })
          events.push(JSON.parse(text) as WireEvent)
        }
      }
      customers.forEach((one, i) => {
        const askedAt = now
        for (const [after, tap] of tapsOf(one, `c${i}`)) {
          now = askedAt + after
          take(tap)
        }
        now += minute
      })
      take({ tap: 'send', of: `c${customers.length - 1}` })

      const { totals } = judgeLostSales({
        ...{ merchantNo, timeZone: 'Asia/Shanghai', events, ownCodes: [], interval: 'day' },
        ...{ now: now + 48 * 60 * minute, from: '2026-11-01', to: '2026-11-30' },
      })
      const seen = (name: string) => customers.filter((one) => outcomeSeen(one) === name)
      const sum = (of: readonly Customer[], value: (one: Customer) => number) =>
        of.reduce((all, one) => all + value(one), 0)
      for (const name of ['recoveredOther', 'downsized', 'deferred', 'abandoned'] as const) {
        const expected = { checkouts: seen(name).length, amount: sum(seen(name), ({ amount }) => amount) }
        expect(totals.outcomes[name]).toMatchObject(expected)
      }
      expect(totals.outcomes.downsized.paid).toBe(sum(seen('downsized'), paidOf))
      expect(totals.unsupported.checkouts).toBe(customers.length)
    }),
    { numRuns: 300 },
  )
})
