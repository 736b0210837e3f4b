import { expect, test } from 'vitest'
import { changesOf } from './changes.ts'
import { segmentMix } from './rows.ts'

type Index = [number, number, number]

const mixOf = (...segments: [string, number, Index | null][]) =>
  segmentMix({
    by: 'ageBand',
    segments: segments.map(([segment, checkouts, index]) => ({
      segment,
      all: { checkouts, amount: checkouts },
      unsupported: { checkouts: checkouts / 2, amount: checkouts / 2 },
      netLost: { amount: 0 },
      ...{ index: index?.[0] ?? null, indexLow: index?.[1] ?? null, indexHigh: index?.[2] ?? null },
    })),
  })
const changeFrom = (before: [number, Index | null], now: [number, Index | null]) =>
  changesOf({ settled: mixOf(['18-24', ...now]), earlier: mixOf(['18-24', ...before]) })['18-24']?.change

test('an index has changed only where the intervals of the two periods lie apart', () => {
  expect(changeFrom([200, [1, 0.8, 1.2]], [200, [1.5, 1.3, 1.8]])).toBe('up')
  expect(changeFrom([200, [1.5, 1.3, 1.8]], [200, [1, 0.8, 1.2]])).toBe('down')
  expect(changeFrom([200, [1, 0.8, 1.2]], [200, [1.5, 1.2, 1.8]])).toBe('alike')
})

test('of fewer than twenty in one of the periods no change is told, nor of whom there were none', () => {
  expect(changeFrom([19, [1, 0.8, 1.2]], [200, [1.5, 1.3, 1.8]])).toBe('few')
  expect(changeFrom([200, [1, 0.8, 1.2]], [19, [1.5, 1.3, 1.8]])).toBe('few')
  const settled = mixOf(['18-24', 200, [1.5, 1.3, 1.8]])
  expect(changesOf({ settled, earlier: mixOf() })).toEqual({ '18-24': { index: 1.5, before: null, change: 'few' } })
})

test('those of whom nothing was told are not compared', () => {
  const mix = mixOf(['unknown', 200, [1.5, 1.3, 1.8]])
  expect(changesOf({ settled: mix, earlier: mix })).toEqual({})
})

test('a period of which only the refused were reported is not compared', () => {
  const [refused, index] = [
    { checkouts: 200, amount: 200 },
    { index: 1, indexLow: 0.9, indexHigh: 1.1 },
  ]
  const earlier = segmentMix({
    by: 'ageBand',
    segments: [{ segment: '18-24', all: refused, unsupported: refused, netLost: { amount: 0 }, ...index }],
  })
  const settled = mixOf(['18-24', 200, [1.5, 1.3, 1.8]])
  expect(changesOf({ settled, earlier })).toEqual({})
  expect(changesOf({ settled: earlier, earlier: settled })).toEqual({})
})
