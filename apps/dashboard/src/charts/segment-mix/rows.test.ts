import { expect, test } from 'vitest'
import { lostMost, segmentMix } from './rows.ts'

/** As `segments.ts` answers: the index with its interval. */
const segment = (name: string, checkouts: number, refused: number, index: [number, number, number] | null) => ({
  segment: name,
  all: { checkouts, amount: checkouts * 100 },
  unsupported: { checkouts: refused, amount: refused * 100 },
  netLost: { amount: refused * 50 },
  index: index?.[0] ?? null,
  indexLow: index?.[1] ?? null,
  indexHigh: index?.[2] ?? null,
})
const verdicts = (...segments: ReturnType<typeof segment>[]) =>
  segmentMix({ by: 'ageBand', segments }).rows.map(({ verdict }) => verdict)

test('a segment is lost more only where its whole interval says so', () => {
  expect(verdicts(segment('18-24', 200, 60, [1.5, 1.2, 1.8]), segment('25-34', 200, 20, [1.1, 0.8, 1.4]))).toEqual([
    'more',
    'alike',
  ])
  expect(verdicts(segment('60+', 200, 40, [0.5, 0.3, 0.8]))).toEqual(['less'])
})

test('nothing is told of fewer than twenty', () => {
  expect(verdicts(segment('18-24', 19, 15, [3, 2, 4]), segment('25-34', 900, 40, [0.7, 0.5, 0.9]))).toEqual([
    'few',
    'less',
  ])
  expect(verdicts(segment('18-24', 400, 19, [3, 2, 4]))).toEqual(['few'])
})

test('those of whom nothing was told are never named, however many they are', () => {
  const mix = segmentMix({ by: 'ageBand', segments: [segment('unknown', 900, 300, [3, 2.5, 3.5])] })
  expect(lostMost(mix)).toEqual([])
})

test('the clearest of those lost more comes first', () => {
  const mix = segmentMix({
    by: 'ageBand',
    segments: [segment('18-24', 300, 60, [1.6, 1.3, 1.9]), segment('under-18', 100, 40, [3.2, 2.5, 4])],
  })
  expect(lostMost(mix).map((row) => row.segment)).toEqual(['under-18', '18-24'])
})

test('shares are of all checkouts and of all refused ones', () => {
  const mix = segmentMix({
    by: 'returning',
    segments: [segment('returning', 75, 10, [0.6, 0.5, 0.7]), segment('new', 25, 30, [3, 2, 4])],
  })
  expect(mix.refused).toBe(40)
  expect(mix.rows.map(({ ofAll, ofRefused }) => [ofAll, ofRefused])).toEqual([
    [0.75, 0.25],
    [0.25, 0.75],
  ])
})

test('where nothing was refused no segment has a share of it', () => {
  expect(segmentMix({ by: 'weekday', segments: [segment('mon', 90, 0, null)] }).rows[0]).toMatchObject({
    ofRefused: null,
    verdict: 'few',
  })
})
