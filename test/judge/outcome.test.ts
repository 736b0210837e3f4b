// Contract section 5, the outcomes. Every expectation was worked out by hand from its words.

import { describe, expect, test } from 'vitest'
import { a, abandoned, declined, hour, outcome, reversed, second, succeeded } from './till.ts'
import { tenOClock, till2, W } from './till.ts'

describe('outcomes', () => {
  test('p takes payments at t₀ and at t₀ + W, both inclusive', () => {
    const half = a / 2
    const events = [declined(), succeeded({ amount: half }), succeeded({ at: W, attempt: 3, amount: half })]
    expect(outcome(events)).toBe('recoveredOther')
  })

  test('1 ms after t₀ + W a payment is a deferral', () => {
    expect(outcome([declined(), succeeded({ at: W + 1 })])).toBe('deferred')
  })

  test('recovered in the wallet where one of the payments of p is a request', () => {
    const asked = { method: 'ALIPAY', intendedMethod: 'HUABEI' }
    expect(outcome([declined(), succeeded({ ...asked })])).toBe('recoveredInWallet')
    expect(outcome([declined(), succeeded(), succeeded({ ...asked, attempt: 3, at: W + 1 })])).toBe('recoveredOther')
    expect(outcome([declined(), succeeded(), succeeded({ ...asked, attempt: 3 }), reversed({ attempt: 3 })])).toBe(
      'recoveredOther',
    )
  })

  test('p of exactly a recovers, 1 fen less is downsized even if the rest comes later', () => {
    expect(outcome([declined(), succeeded()])).toBe('recoveredOther')
    expect(outcome([declined(), succeeded({ amount: a - 1 }), succeeded({ at: hour, attempt: 3 })])).toBe('downsized')
    expect(outcome([declined(), succeeded({ amount: a - 1 }), abandoned()])).toBe('downsized')
  })

  test('deferred up to and including t₀ + 24 h', () => {
    expect(outcome([declined(), succeeded({ at: 24 * hour })])).toBe('deferred')
    expect(outcome([declined(), succeeded({ at: 24 * hour + 1, source: till2 })])).toBe('unknown')
  })

  test('deferred by the same customer in another checkout, within W too, by Huabei too', () => {
    const customer = { token: 'k' }
    const elsewhere = { checkoutId: 'c2', source: till2, customer }
    expect(outcome([declined({ customer }), succeeded({ ...elsewhere, at: 1, method: 'HUABEI' })])).toBe('deferred')
    expect(outcome([declined({ customer }), succeeded({ ...elsewhere, at: 0 })])).toBe('unknown')
    expect(outcome([declined({ customer }), succeeded({ ...elsewhere, at: 24 * hour })])).toBe('deferred')
    expect(outcome([declined({ customer }), succeeded({ ...elsewhere, at: 24 * hour + 1 })])).toBe('unknown')
    const back = [succeeded({ ...elsewhere, at: hour }), reversed({ checkoutId: 'c2', at: hour })]
    expect(outcome([declined({ customer }), ...back])).toBe('unknown')
  })

  test('checkouts without a customer share none', () => {
    expect(outcome([declined(), succeeded({ checkoutId: 'c2', source: till2, at: hour })])).toBe('unknown')
    const aged = { customer: { ageBand: '18-24' } }
    expect(outcome([declined(aged), succeeded({ ...aged, checkoutId: 'c2', source: till2, at: hour })])).toBe('unknown')
  })

  test('a checkout’s customer is that of its earliest event that carries one', () => {
    const other = { checkoutId: 'c2', source: till2, at: hour }
    const events = [
      declined({ customer: { ageBand: '60+' } }),
      declined({ at: second, customer: { token: 'k' } }),
      declined({ at: 2 * second, customer: { token: 'm' } }),
    ]
    expect(outcome([...events, succeeded({ ...other, customer: { token: 'k' } })])).toBe('deferred')
    expect(outcome([...events, succeeded({ ...other, customer: { token: 'm' } })])).toBe('unknown')
  })

  test('abandoned by an explicit event at any time, unless deferred', () => {
    expect(outcome([declined(), abandoned({ at: -hour })])).toBe('abandoned')
    expect(outcome([declined(), abandoned(), succeeded({ at: hour })])).toBe('deferred')
  })

  test('abandoned where the terminal of t₀ reports another payment at t₀ + W or any time later', () => {
    const sale = (at: number, more = {}) => succeeded({ checkoutId: 'c2', at, ...more })
    expect(outcome([declined(), sale(W)])).toBe('abandoned')
    expect(outcome([declined(), sale(W - 1)])).toBe('unknown')
    expect(outcome([declined(), sale(100 * 24 * hour)])).toBe('abandoned')
    expect(outcome([declined(), sale(W, { source: till2 })])).toBe('unknown')
    expect(outcome([declined(), sale(W, { method: 'HUABEI' })])).toBe('unknown')
    expect(outcome([declined(), sale(W, { method: 'HUABEI', fundBills: [{ channel: 'CARD', amount: a }] })])).toBe(
      'abandoned',
    )
  })

  test('that other payment is judged on its event alone: reversed, not speaking, or of this checkout', () => {
    const back = [succeeded({ checkoutId: 'c2', at: hour }), reversed({ checkoutId: 'c2', at: hour })]
    expect(outcome([declined(), ...back])).toBe('abandoned')
    const speaks = succeeded({ checkoutId: 'c2', at: 0, method: 'HUABEI' })
    expect(outcome([declined(), speaks, succeeded({ checkoutId: 'c2', at: W })])).toBe('abandoned')
    expect(outcome([declined(), succeeded({ at: 24 * hour + 1 })])).toBe('abandoned')
  })

  test('the terminal of t₀ is that of the earliest request, not of the one that gives the reason', () => {
    const events = [declined({ final: false, source: till2 }), declined({ at: 1, attempt: 2 })]
    expect(outcome([...events, succeeded({ checkoutId: 'c2', at: hour })])).toBe('unknown')
    expect(outcome([...events, succeeded({ checkoutId: 'c2', at: hour, source: till2 })])).toBe('abandoned')
  })

  test('open while t₀ + W is in the future, unknown from that instant on', () => {
    expect(outcome([declined()], { now: tenOClock + W - 1 })).toBe('open')
    expect(outcome([declined()], { now: tenOClock + W })).toBe('unknown')
    expect(outcome([declined(), abandoned()], { now: tenOClock })).toBe('abandoned')
  })
})
