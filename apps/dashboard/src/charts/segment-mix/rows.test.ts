import { expect, test } from 'vitest'
import { conclusionOf, segmentMix } from './rows.ts'

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
  expect(verdicts(segment('18-24', 200, 60, [1.5, 1.2, 1.8]), segment('25-34', 200, 20, [1.1, 0.9, 1.3]))).toEqual([
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

test('that a difference is not proved does not make it small', () => {
  expect(verdicts(segment('under-18', 30, 0, [0, 0, 1.1]), segment('25-34', 900, 60, [1.02, 0.9, 1.2]))).toEqual([
    'unclear',
    'alike',
  ])
})

const concluded = (...segments: ReturnType<typeof segment>[]) => conclusionOf(segmentMix({ by: 'ageBand', segments }))

test('those of whom nothing was told are never named, however many they are', () => {
  expect(concluded(segment('unknown', 900, 300, [3, 2.5, 3.5]))).toEqual({ is: 'untold' })
  expect(concluded(segment('18-24', 90, 30, [1, 0.9, 1.2]), segment('unknown', 900, 300, [3, 2.5, 3.5]))).toEqual({
    is: 'alike',
  })
})

test('the clearest of those lost more comes first', () => {
  expect(
    concluded(segment('18-24', 300, 60, [1.6, 1.3, 1.9]), segment('under-18', 100, 40, [3.2, 2.5, 4])),
  ).toMatchObject({ is: 'more', rows: [{ segment: 'under-18' }, { segment: '18-24' }] })
})

test('below twenty refused, or where nobody was, none is named', () => {
  expect(concluded(segment('18-24', 300, 19, [3, 2, 4]))).toEqual({ is: 'few' })
  expect(concluded(segment('18-24', 300, 0, null))).toEqual({ is: 'noneRefused' })
  expect(concluded()).toEqual({ is: 'noSales' })
})

test('where hardly any sale but the refused is reported nobody knows who comes, and nothing is compared', () => {
  const reported = [segment('18-24', 60, 60, [1, 0.9, 1.1]), segment('60+', 40, 35, [0.9, 0.7, 1.2])]
  expect(concluded(...reported)).toEqual({ is: 'refusedOnly' })
  expect(verdicts(...reported)).toEqual(['untold', 'untold'])
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
