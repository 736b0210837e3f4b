// Contract section 7, `lost-sales`: sums, intervals and what is settled, worked out by hand.

import { describe, expect, test } from 'vitest'
import { wilson } from './figures.ts'
import { a, abandoned, declined, hour, judge, later, minute, succeeded, tenOClock, till2, W } from './till.ts'
import type { LostSalesQuestion } from './lost-sales.ts'
import type { WireEvent } from './wire-event.ts'

function starts(asked: Partial<LostSalesQuestion>, events: WireEvent[] = []): string[] {
  return judge(events, asked).series.map((row) => row.start)
}

describe('totals', () => {
  const events = [
    declined({ checkoutId: 'said', amount: 1000 }),
    abandoned({ checkoutId: 'said' }),
    declined({ checkoutId: 'seen', amount: 200 }),
    declined({ checkoutId: 'down', amount: 90 }),
    succeeded({ checkoutId: 'down', amount: 30 }),
    succeeded({ checkoutId: 'whole', amount: 5, at: W }), // shows that the till reports other payments
    declined({ checkoutId: 'dark', amount: 4, source: till2 }),
    declined({ checkoutId: 'unheard', amount: 2, code: { system: 'LOCAL', value: '?' } }),
  ]

  test('net lost is abandoned and what downsized baskets lack, between what is sure and what may be', () => {
    const { totals } = judge(events)
    expect(totals.netLost).toEqual({ amount: 1260, low: 1060, high: 1264 })
    expect(totals.outcomes.downsized).toEqual({ checkouts: 1, amount: 90, paid: 30 })
    expect(totals.outcomes.abandoned).toEqual({ checkouts: 2, amount: 1200 })
    expect(totals.unmapped).toEqual({ checkouts: 1, amount: 2 })
    expect(totals.declined).toEqual({ checkouts: 5, amount: 1296 })
    expect(totals.unsupported).toEqual({ checkouts: 4, amount: 1294 })
  })

  test('the abandonment rate is null below 20 checkouts, which leave out unknown and open ones', () => {
    const some = (count: number) => Array.from({ length: count }, (_, n) => declined({ checkoutId: `x${n}` }))
    const dark = declined({ checkoutId: 'dark', source: till2 })
    const till = succeeded({ checkoutId: 'whole', at: hour })
    expect(judge([...some(19), dark, till]).totals.abandonmentRate).toEqual({
      value: null,
      low: null,
      high: null,
      checkouts: 19,
    })
    const paid = Array.from({ length: 10 }, (_, n) => succeeded({ checkoutId: `x${n}` }))
    const rate = judge([...some(20), ...paid, dark, till]).totals.abandonmentRate
    expect(rate).toMatchObject({ value: 0.5, checkouts: 20 })
    expect(rate.low).toBeCloseTo(0.2993, 4)
    expect(rate.high).toBeCloseTo(0.7007, 4)
  })

  test('Wilson bounds are the contract’s: 15 of 100 lie within 0.093 to 0.233, none of 20 below 0.161', () => {
    const { low, high } = wilson(15, 100)
    expect([low.toFixed(3), high.toFixed(3)]).toEqual(['0.093', '0.233'])
    expect(wilson(0, 20).low).toBe(0)
    expect(wilson(0, 20).high).toBeCloseTo(0.16113, 5) // z² ÷ (20 + z²)
    expect(wilson(20, 20).high).toBe(1)
  })
})

describe('days', () => {
  test('a checkout belongs to the local day of t₀, whatever the days of its other events', () => {
    const midnight = 14 * hour
    const before = [declined({ at: midnight - 1 }), succeeded({ at: midnight + minute })]
    expect(judge(before).totals.outcomes.recoveredOther.checkouts).toBe(1)
    const at = [declined({ at: midnight }), succeeded({ at: midnight - 1 })]
    expect(judge(at).totals.attempted.checkouts).toBe(0)
    expect(judge(at, { from: '2026-11-04', to: '2026-11-04' }).totals.unsupported.checkouts).toBe(1)
  })

  test('events outside the range still decide outcomes inside it', () => {
    const customer = { token: 'k' }
    const next = succeeded({ checkoutId: 'c2', at: 23 * hour, customer })
    expect(judge([declined({ customer }), next]).totals.outcomes.deferred.checkouts).toBe(1)
  })

  test('the merchant’s own clock says which day it is', () => {
    const asked = { timeZone: 'America/New_York', from: '2026-11-02', to: '2026-11-02' }
    expect(judge([declined()], asked).totals.attempted).toEqual({ checkouts: 1, amount: a })
  })

  test('every interval of the range is there, zeros included', () => {
    const { series } = judge([declined()], { from: '2026-11-02', to: '2026-11-04' })
    expect(series.map((row) => [row.start, row.unsupported.checkouts])).toEqual([
      ['2026-11-02', 0],
      ['2026-11-03', 1],
      ['2026-11-04', 0],
    ])
  })
})

describe('weeks, months and hours', () => {
  test('a week starts on its Monday, a month on its first, even before the range', () => {
    const range = { from: '2026-11-01', to: '2026-12-01' }
    expect(starts({ ...range, interval: 'week' })).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
      '2026-11-23',
      '2026-11-30',
    ])
    expect(starts({ ...range, interval: 'month' })).toEqual(['2026-11-01', '2026-12-01'])
    expect(starts({ from: '2026-01-31', to: '2026-02-28', interval: 'month' })).toEqual(['2026-01-01', '2026-02-01'])
  })

  test('a week at the edge holds only the days in the range', () => {
    const events = [
      declined(),
      declined({ checkoutId: 'c2', at: -24 * hour }),
      declined({ checkoutId: 'c3', at: 24 * hour }),
    ]
    const { series } = judge(events, { interval: 'week' })
    expect(series.map((row) => [row.start, row.attempted.checkouts])).toEqual([['2026-11-02', 1]])
  })

  test('an hour starts with the offset in force, and its row holds what falls in it', () => {
    const { series } = judge([declined({ at: hour - 1 }), declined({ checkoutId: 'c2', at: hour })], {
      interval: 'hour',
    })
    expect(series).toHaveLength(24)
    expect(series.filter((row) => row.attempted.checkouts > 0).map((row) => row.start)).toEqual([
      '2026-11-03T10:00:00+08:00',
      '2026-11-03T11:00:00+08:00',
    ])
  })

  test('a day of 25 hours has 25, one of 23 has 23', () => {
    const newYork = { timeZone: 'America/New_York', interval: 'hour' } as const
    const back = starts({ ...newYork, from: '2026-11-01', to: '2026-11-01' })
    expect(back).toHaveLength(25)
    expect(back.slice(0, 4)).toEqual([
      '2026-11-01T00:00:00-04:00',
      '2026-11-01T01:00:00-04:00',
      '2026-11-01T01:00:00-05:00',
      '2026-11-01T02:00:00-05:00',
    ])
    const forward = starts({ ...newYork, from: '2026-03-08', to: '2026-03-08' })
    expect(forward).toHaveLength(23)
    expect(forward.slice(1, 3)).toEqual(['2026-03-08T01:00:00-05:00', '2026-03-08T03:00:00-04:00'])
  })

  test('where a clock moves by half an hour, an hour is what the clock shows under one offset', () => {
    const lordHowe = { timeZone: 'Australia/Lord_Howe', interval: 'hour' } as const
    const forward = starts({ ...lordHowe, from: '2026-10-04', to: '2026-10-04' })
    expect(forward).toHaveLength(24)
    expect(forward.slice(1, 4)).toEqual([
      '2026-10-04T01:00:00+10:30',
      '2026-10-04T02:30:00+11:00',
      '2026-10-04T03:00:00+11:00',
    ])
    const back = starts({ ...lordHowe, from: '2026-04-05', to: '2026-04-05' })
    expect(back).toHaveLength(25)
    expect(back.slice(1, 4)).toEqual([
      '2026-04-05T01:00:00+11:00',
      '2026-04-05T01:30:00+10:30',
      '2026-04-05T02:00:00+10:30',
    ])
  })
})

describe('settled', () => {
  const midnight = tenOClock + 14 * hour // the end of 3 November
  const day = 24 * hour
  const settled = (now: number, asked: Partial<LostSalesQuestion>) =>
    judge([], { now, ...asked }).series.map((row) => row.settled)

  test('24 h after the interval’s end', () => {
    const days = { from: '2026-11-02', to: '2026-11-03' }
    expect(settled(midnight + day - 1, days)).toEqual([true, false])
    expect(settled(midnight + day, days)).toEqual([true, true])
  })

  test('24 h after the end of `to` where the week or month runs on', () => {
    expect(settled(midnight + day - 1, { interval: 'week' })).toEqual([false])
    expect(settled(midnight + day, { interval: 'week' })).toEqual([true])
    expect(settled(midnight + day, { interval: 'month' })).toEqual([true])
    expect(settled(midnight + day, { interval: 'week', to: '2026-11-30' })).toEqual([false, false, false, false, false])
  })

  test('an hour settles 24 h after itself', () => {
    expect(settled(tenOClock + day, { interval: 'hour' }).filter(Boolean)).toHaveLength(10)
    expect(settled(later, { interval: 'hour' }).every(Boolean)).toBe(true)
  })
})
