// Contract section 7, `segments`. Every expectation was worked out by hand from its words.

import { describe, expect, test } from 'vitest'
import { judgeSegments, type Dimension, type SegmentsQuestion } from './segments.ts'
import { a, abandoned, declined, hour, later, merchantNo, succeeded } from './till.ts'
import type { WireEvent } from './wire-event.ts'

const midnight = 14 * hour // the end of 3 November

function segments(by: Dimension, events: readonly WireEvent[], asked: Partial<SegmentsQuestion> = {}) {
  const day = { from: '2026-11-03', to: '2026-11-03' }
  const shop = { merchantNo, timeZone: 'Asia/Shanghai', ownCodes: [], now: later }
  return judgeSegments({ ...shop, ...day, events, by, ...asked }).segments
}
const names = (by: Dimension, events: readonly WireEvent[], asked: Partial<SegmentsQuestion> = {}) =>
  segments(by, events, asked).map(({ segment }) => segment)

describe('all', () => {
  test('takes checkouts with an attempt of any method, pending ones too, but none without', () => {
    const events = [
      declined(),
      succeeded({ checkoutId: 'c2' }),
      declined({ checkoutId: 'c3', method: 'CARD', final: false }),
      abandoned({ checkoutId: 'c4' }),
    ]
    expect(segments('weekday', events)).toMatchObject([
      { segment: 'tue', all: { checkouts: 3, amount: 3 * a }, unsupported: { checkouts: 1, amount: a } },
    ])
  })

  test('sums the earliest attempt’s amount, unsupported the first request’s', () => {
    const events = [succeeded({ at: -hour, amount: 700 }), declined()]
    expect(segments('weekday', events)).toMatchObject([
      { all: { checkouts: 1, amount: 700 }, unsupported: { checkouts: 1, amount: a } },
    ])
  })

  test('an attempt’s amount and time are those of the event that speaks for it', () => {
    const events = [
      declined({ method: 'CARD', amount: 1 }),
      succeeded({ attempt: 1, at: hour, amount: 2 }),
      succeeded({ at: 1, amount: 3 }),
    ]
    expect(segments('weekday', events)[0]?.all.amount).toBe(3)
  })

  test('belongs to the day of t₀, also where its earliest attempt was the day before', () => {
    const events = [succeeded({ at: midnight - 1 }), declined({ at: midnight })]
    expect(names('weekday', events)).toEqual([])
    expect(names('weekday', events, { from: '2026-11-04', to: '2026-11-04' })).toEqual(['wed'])
  })

  test('without t₀ belongs to the day of its earliest attempt', () => {
    const events = [succeeded({ at: midnight, attempt: 1 }), succeeded({ at: midnight - 1 })]
    expect(names('weekday', events)).toEqual(['tue'])
  })
})

describe('the segment', () => {
  test('of an age band is that of the earliest event that carries one, not that of the customer’s', () => {
    const events = [
      declined({ customer: { token: 'k' } }),
      declined({ at: 2, customer: { ageBand: '18-24' } }),
      declined({ at: 1, customer: { ageBand: '60+', token: 'm' } }),
    ]
    expect(names('ageBand', events)).toEqual(['60+'])
    expect(names('ageBand', [declined({ customer: { token: 'k' } })])).toEqual(['unknown'])
  })

  test('returning, new, or unknown where not told', () => {
    const events = [
      declined({ customer: { token: 'k' } }),
      declined({ checkoutId: 'c2', customer: { returning: true } }),
      declined({ checkoutId: 'c3', customer: { returning: false } }),
    ]
    expect(names('returning', events)).toEqual(['new', 'returning', 'unknown'])
  })

  test('of a ticket is cut at whole CNY, the earliest attempt’s', () => {
    const band = (amount: number) => names('ticketBand', [declined({ amount })])[0]
    expect([1, 49_99, 50_00, 99_99, 100_00].map(band)).toEqual(['under-50', 'under-50', '50-99', '50-99', '100-299'])
    expect([299_99, 300_00, 999_99, 1000_00].map(band)).toEqual(['100-299', '300-999', '300-999', '1000+'])
    expect(names('ticketBand', [succeeded({ at: -1, amount: 50_00 }), declined({ amount: 1 })])).toEqual(['50-99'])
  })

  test('of a daypart begins on the hour of the merchant’s clock, by t₀', () => {
    const part = (at: number) => names('daypart', [declined({ at }), succeeded({ at: at - hour })])[0]
    const edges = [6, 11, 14, 17, 21].map((each) => (each - 10) * hour)
    expect(edges.map(part)).toEqual(['morning', 'lunch', 'afternoon', 'dinner', 'evening'])
    expect(edges.map((edge) => part(edge - 1))).toEqual(['night', 'morning', 'lunch', 'afternoon', 'dinner'])
    expect([part(-10 * hour), part(midnight - 1)]).toEqual(['night', 'evening'])
    expect(names('daypart', [declined()], { timeZone: 'America/New_York', from: '2026-11-02' })).toEqual(['evening'])
  })

  test('of a weekday is the merchant’s own', () => {
    const week = Array.from({ length: 7 }, (_, day) => declined({ checkoutId: `c${day}`, at: day * 24 * hour }))
    const sorted = ['fri', 'mon', 'sat', 'sun', 'thu', 'tue', 'wed']
    expect(names('weekday', week, { to: '2026-11-09' })).toEqual(sorted)
    expect(names('weekday', [declined({ at: midnight - 1 })])).toEqual(['tue'])
  })
})

describe('the index', () => {
  const elderly = { customer: { ageBand: '60+' } }
  const events = [
    declined(elderly),
    declined({ checkoutId: 'c2', ...elderly }),
    declined({ checkoutId: 'c3' }),
    ...['c4', 'c5', 'c6'].map((checkoutId) => succeeded({ checkoutId })),
  ]

  test('is the share of unsupported over the share of all', () => {
    const [old, unknown] = segments('ageBand', events)
    expect(old?.index).toBeCloseTo(2, 12) // (2/3) ÷ (2/6)
    expect(unknown?.index).toBeCloseTo(0.5, 12) // (1/3) ÷ (4/6)
  })

  test('has the Wilson bounds of the first share, over the second', () => {
    // 2 of 3, worked by hand: 0.2077 to 0.9385.
    const [old] = segments('ageBand', events)
    expect(old?.indexLow).toBeCloseTo(0.2077 * 3, 3)
    expect(old?.indexHigh).toBeCloseTo(0.9385 * 3, 3)
  })

  test('is 0 where nothing of the segment was unsupported, null where nothing was at all', () => {
    const sold = succeeded({ checkoutId: 'c9', ...elderly })
    expect(segments('ageBand', [declined(), sold])[0]).toMatchObject({ index: 0, indexLow: 0 })
    expect(segments('ageBand', [sold])).toMatchObject([{ index: null, indexLow: null, indexHigh: null }])
  })
})

test('net lost is N of the segment’s checkouts', () => {
  const events = [
    declined(),
    abandoned(),
    declined({ checkoutId: 'c2', customer: { ageBand: '60+' } }),
    succeeded({ checkoutId: 'c2', amount: a - 1 }),
  ]
  expect(segments('ageBand', events).map(({ segment, netLost }) => [segment, netLost.amount])).toEqual([
    ['60+', 1],
    ['unknown', a],
  ])
})

test('a request that came to nothing else than Huabei’s own success is no unsupported one', () => {
  expect(segments('weekday', [succeeded({ method: 'HUABEI' })])).toMatchObject([
    { all: { checkouts: 1 }, unsupported: { checkouts: 0, amount: 0 }, index: null },
  ])
})
