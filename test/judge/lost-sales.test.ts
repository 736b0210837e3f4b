// Contract section 5 up to the outcomes, sentence by sentence. Every expectation was worked out by hand from its words.

import { describe, expect, test } from 'vitest'
import { a, c1, declined, hour, judge, minute, outcome, reversed, succeeded } from './till.ts'
import { tenOClock, till1, till2 } from './till.ts'

describe('attempts', () => {
  test('the highest state counts, whichever event came first', () => {
    const late = [declined(), succeeded({ at: minute }), declined({ at: 2 * minute, attempt: 2, method: 'WECHAT' })]
    expect(outcome(late)).toBe('recoveredOther')
  })

  test('of two successes of one attempt the earliest speaks, and only once', () => {
    const events = [declined(), succeeded({ at: 2 * minute }), succeeded({ at: minute, amount: 4000 })]
    expect(c1(events)?.outcome).toMatchObject({ name: 'downsized', p: 4000 })
  })

  test('copies of one event that differ in a field all stand, and the first in canonical JSON speaks', () => {
    const events = [
      declined(),
      succeeded({ at: minute, id: 'x', amount: 4000 }),
      succeeded({ at: minute, id: 'x', amount: 30 }), // "30" sorts before "4000" as text
    ]
    expect(c1(events)?.outcome?.p).toBe(30)
    expect(c1(events.toReversed())?.outcome?.p).toBe(30)
  })

  test('a reversal before its success takes it back', () => {
    expect(outcome([declined(), reversed({ at: -hour }), succeeded({ at: minute })])).toBe('unknown')
  })

  test('a reversal exactly 24 h after its success takes it back, 1 ms later it is a refund', () => {
    const paid = [declined(), succeeded({ at: minute })]
    expect(outcome([...paid, reversed({ at: minute + 24 * hour })])).toBe('unknown')
    expect(outcome([...paid, reversed({ at: minute + 24 * hour + 1 })])).toBe('recoveredOther')
  })

  test('the 24 h of a reversal run from the success that speaks, not from a later copy', () => {
    const events = [declined(), succeeded(), succeeded({ at: hour }), reversed({ at: 24 * hour + 1 })]
    expect(outcome(events)).toBe('recoveredOther')
  })

  test('a reversal takes back only the attempt it names', () => {
    expect(outcome([declined(), succeeded(), reversed({ attempt: 3 })])).toBe('recoveredOther')
  })

  test('a reversal without a success makes neither an attempt nor a checkout', () => {
    expect(judge([reversed()]).totals.attempted.checkouts).toBe(0)
    expect(c1([declined({ final: false }), reversed({ attempt: 1 })])?.state).toBe('pending')
  })

  test('what a reversal says of a method or a customer is dropped unread', () => {
    expect(c1([reversed({ method: 'HUABEI', amount: 5 })])).toBeUndefined()
  })
})

describe('requests and t₀', () => {
  test('an event that says Huabei only as what was intended is a request', () => {
    expect(c1([declined({ method: 'ALIPAY', intendedMethod: 'HUABEI_INSTALMENT' })])?.state).toBe('declined')
    expect(c1([declined({ method: 'ALIPAY' })])).toBeUndefined()
  })

  test('t₀, a and its day are those of the earliest request, not of the earliest event', () => {
    const events = [
      succeeded({ at: -hour, attempt: 9, amount: 1 }),
      declined({ at: minute, attempt: 3 }),
      declined({ amount: 700 }),
    ]
    expect(c1(events)).toMatchObject({ t0: tenOClock, a: 700 })
  })

  test('at one instant the smaller id is earlier, compared as bytes', () => {
    const events = [declined({ id: 'a', amount: 1 }), declined({ id: 'B', amount: 2 })]
    expect(c1(events)?.a).toBe(2)
    // U+1F600 is the larger as UTF-8, though the smaller as UTF-16.
    expect(c1([declined({ id: '\u{1f600}', amount: 1 }), declined({ id: '\uff5e', amount: 2 })])?.a).toBe(2)
  })

  test('at one instant with one id the smaller source is earlier', () => {
    const events = [declined({ id: 'x', source: till2, amount: 1 }), declined({ id: 'x', source: till1, amount: 2 })]
    expect(c1(events)?.a).toBe(2)
  })

  test('copies are compared by the fields as sent: a currency that is there sorts before a method', () => {
    const events = [
      declined({ id: 'x', amount: 5, method: 'HUABEI_INSTALMENT', currency: 'CNY' }),
      declined({ id: 'x', amount: 5, method: 'HUABEI' }),
    ]
    const both = events.map((event) => ({
      ...event,
      data: { ...event.data, disabledChannels: ['pcreditpayInstallment'] },
    }))
    expect(c1(both)?.reason).toBe('CHANNEL_COMPETITION') // the instalments' copy spoke
  })

  test('times are instants: an earlier wall clock further east is not later', () => {
    const events = [
      declined({ time: '2026-11-03T09:30:00-01:00', amount: 1 }),
      declined({ time: '2026-11-03T10:00:00.0009Z', amount: 2 }),
    ]
    expect(c1(events)).toMatchObject({ a: 2, t0: Date.parse('2026-11-03T10:00:00Z') })
  })

  test('a payment that succeeds before any request is no part of p', () => {
    expect(outcome([succeeded({ at: -1 }), declined()])).toBe('unknown')
  })
})

describe('approved, substituted, pending, declined', () => {
  test('money from PCREDIT approves, whatever the method says', () => {
    const bills = [
      { channel: 'COUPON', amount: 1 },
      { channel: 'PCREDIT', amount: 2 },
    ]
    expect(c1([declined(), succeeded({ method: 'ALIPAY', fundBills: bills })])?.state).toBe('approved')
  })

  test('without fund bills, or with an empty list, the method tells', () => {
    expect(c1([succeeded({ method: 'HUABEI' })])?.state).toBe('approved')
    expect(c1([succeeded({ method: 'HUABEI_INSTALMENT', fundBills: [] })])?.state).toBe('approved')
    expect(c1([succeeded({ method: 'ALIPAY', intendedMethod: 'HUABEI' })])?.state).toBe('declined')
  })

  test('Huabei by name but not by money is substituted', () => {
    const events = [succeeded({ method: 'HUABEI', fundBills: [{ channel: 'BANKCARD', amount: a }] })]
    expect(c1(events)).toMatchObject({ state: 'declined', reason: 'SILENT_SUBSTITUTION' })
    expect(outcome(events)).toBe('recoveredInWallet')
  })

  test('an approval counts at any time, and reversed', () => {
    const success = succeeded({ at: 40 * hour, method: 'HUABEI' })
    expect(c1([declined(), success])?.state).toBe('approved')
    expect(c1([declined(), success, reversed({ at: 40 * hour })])?.state).toBe('approved')
  })

  test('Huabei money without a request approves nothing, as nothing was attempted', () => {
    const events = [succeeded({ method: 'ALIPAY', fundBills: [{ channel: 'PCREDIT', amount: a }] })]
    expect(judge(events).totals).toMatchObject({
      attempted: { checkouts: 0 },
      approved: { checkouts: 0 },
    })
  })

  test('the money is that of the event that speaks for the attempt', () => {
    const events = [declined(), succeeded({ at: minute }), succeeded({ at: 2 * minute, method: 'HUABEI' })]
    expect(c1(events)?.state).toBe('declined')
    expect(outcome(events)).toBe('recoveredOther')
  })

  test('a substitution stands where it was reversed', () => {
    const events = [succeeded({ method: 'ALIPAY', intendedMethod: 'HUABEI' }), reversed({ at: minute })]
    expect(c1(events)).toMatchObject({
      reason: 'SILENT_SUBSTITUTION',
      outcome: { name: 'unknown' },
    })
  })

  test('a pending request makes the checkout pending until a request is a final decline', () => {
    const pending = declined({ final: false })
    expect(c1([pending])?.state).toBe('pending')
    expect(c1([pending, declined({ at: minute, attempt: 2, method: 'CARD' })])?.state).toBe('pending')
    expect(c1([pending, declined({ at: minute, attempt: 2 })])?.state).toBe('declined')
  })

  test('a final decline ends pending even where its attempt succeeded otherwise', () => {
    const events = [declined({ final: false }), declined({ attempt: 2 }), succeeded({ attempt: 2, at: minute })]
    expect(c1(events)).toMatchObject({ state: 'declined', reason: 'TECH_NO_SUPPORT' })
  })

  test('a substitution elsewhere ends pending', () => {
    const events = [declined({ final: false }), succeeded({ at: minute, method: 'ALIPAY', intendedMethod: 'HUABEI' })]
    expect(c1(events)).toMatchObject({ state: 'declined', reason: 'SILENT_SUBSTITUTION' })
  })

  test('a pending request that does not speak for its attempt leaves a silent substitution', () => {
    const paid = [declined({ final: false }), succeeded({ attempt: 1, at: minute })]
    expect(c1(paid)).toMatchObject({ state: 'declined', reason: 'SILENT_SUBSTITUTION' })
    const behind = [declined({ final: false, method: 'CARD' }), declined({ final: false, at: 1 })]
    expect(c1(behind)).toMatchObject({
      state: 'declined',
      reason: 'SILENT_SUBSTITUTION',
      t0: tenOClock + 1,
    })
  })
})

describe('what was given does not depend on how it came', () => {
  test('a repeat with another offset, key order, fraction or un-named field is the same event', () => {
    const sent = declined({
      id: 'x',
      time: '2026-11-03T10:00:00.120+08:00',
      customer: { token: 'k' },
    })
    const { customer, ...rest } = sent.data
    const again = {
      ...sent,
      time: '2026-11-03T02:00:00.1209Z',
      data: { customer: { ...customer, name: 'Li' }, ...rest, note: 1 },
    }
    expect(judge([sent, again])).toEqual(judge([sent]))
  })

  test('another merchant’s events do not matter, even with the same checkout and customer', () => {
    const foreign = 'urn:terminal:898584058129999:10000001'
    const customer = { token: 'k' }
    const events = [
      declined({ customer }),
      succeeded({ at: minute, source: foreign, customer }),
      declined({ at: -1, source: foreign }),
    ]
    expect(judge(events)).toEqual(judge([declined({ customer })]))
  })
})
