// Contract section 7, the arithmetic of a comparison. Every expectation was worked out by hand.

import { describe, expect, test } from 'vitest'
import { compare, indexOf, newcombe, quantile } from './comparison.ts'

const than = (own: number | null, peerMedian: number | null) => ({
  ...{ own, peerLow: null, peerMedian, peerHigh: null, percentile: null },
})

test('quartiles lie between ranks, in proportion', () => {
  expect([0.25, 0.5, 0.75].map((share) => quantile([4, 1, 3, 2, 5], share))).toEqual([2, 3, 4])
  expect([0.25, 0.5, 0.75].map((share) => quantile([0, 10, 20, 30, 40, 100], share))).toEqual([12.5, 25, 37.5])
})

describe('a comparison', () => {
  test('is null where fewer than 5 peers are known, but for one’s own', () => {
    const suppressed = { peerLow: null, peerMedian: null, peerHigh: null, percentile: null }
    expect(compare(0.5, [1, 1, 1, 1, null])).toEqual({ own: 0.5, ...suppressed })
    expect(compare(0.5, [1, 1, 1, 1, 1, null]).peerMedian).toBe(1)
  })

  test('takes ties half into the percentile', () => {
    expect(compare(3, [1, 2, 3, 4, 5]).percentile).toBe(50)
    expect(compare(3, [3, 3, 3, 3, 3]).percentile).toBe(50)
    expect(compare(2, [1, 2, 2, 4]).percentile).toBeNull()
    expect(compare(2, [1, 2, 2, 4, 5]).percentile).toBe(40)
    expect(compare(0, [1, 2, 3, 4, 5]).percentile).toBe(0)
    expect(compare(null, [1, 2, 3, 4, 5])).toMatchObject({ peerMedian: 3, percentile: null })
  })
})

describe('the index', () => {
  test('is the geometric mean of the ratios that are known', () => {
    expect(indexOf([than(1, 0.5), than(0.5, 1), than(1, 1)])).toBeCloseTo(100, 9)
    expect(indexOf([than(0.4, 0.8), than(null, 1), than(1, null)])).toBeCloseTo(50, 9)
    expect(indexOf([than(null, 1)])).toBeNull()
  })

  test('holds each within 0.2 to 2, and leaves a median of 0 out', () => {
    expect(indexOf([than(9, 1)])).toBeCloseTo(200, 9)
    expect(indexOf([than(0, 1)])).toBeCloseTo(20, 9)
    expect(indexOf([than(9, 1), than(0, 1)])).toBeCloseTo(100 * Math.sqrt(0.4), 9)
    expect(indexOf([than(1, 0)])).toBeNull()
  })
})

describe('the difference of two shares', () => {
  test('has Newcombe’s interval: his example of 56 in 70 less 48 in 80', () => {
    const { value, low, high } = newcombe(56, 70, 48, 80)
    expect(value).toBeCloseTo(0.2, 12)
    expect(low).toBeCloseTo(0.0524, 4)
    expect(high).toBeCloseTo(0.3339, 4)
  })

  test('of nothing is null', () => {
    expect(newcombe(0, 0, 1, 2)).toEqual({ value: null, low: null, high: null })
    expect(newcombe(1, 2, 0, 0)).toEqual({ value: null, low: null, high: null })
  })
})
