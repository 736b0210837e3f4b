import { expect, test } from 'vitest'
import { placeAmong, standingBefore, standingOf, weakest } from './rows.ts'

const compared = (own: number | null, peerMedian: number | null) => ({
  ...{ own, peerMedian, peerLow: peerMedian, peerHigh: peerMedian, percentile: peerMedian === null ? null : 50 },
})

const found = {
  weeks: ['2026-11-02', '2026-11-09', '2026-11-23'],
  peers: { merchants: 7, suppressed: false, rule: null },
  acceptance: compared(0.4, 0.9),
  retention: compared(0.7, 0.8),
  returnRatio: compared(1.1, 1),
  index: { value: 61 },
  diversion: { value: 0.2, low: 0.1, high: 0.3 },
}

test('weeks that follow each other are one run, from a Monday to a Sunday', () => {
  expect(standingOf(found)).toMatchObject({
    weeks: 3,
    runs: [
      { from: '2026-11-02', to: '2026-11-15' },
      { from: '2026-11-23', to: '2026-11-29' },
    ],
  })
})

test('what holds a shop back most is what lies farthest below the middle of its peers', () => {
  expect(weakest(standingOf(found))?.term).toBe('acceptance')
  expect(weakest(standingOf({ ...found, acceptance: compared(0.95, 0.9), retention: compared(0.8, 0.8) }))).toBeNull()
})

test('a shop that is like the one in the middle is neither above nor below', () => {
  const placeOf = (own: number | null, peerMedian: number, percentile: number | null) =>
    placeAmong({ ...compared(own, peerMedian), percentile })
  expect(placeOf(0, 0, 100 / 3)).toBe('alike')
  // Medians are rounded.
  expect(placeOf(2 / 3, 0.67, 50)).toBe('alike')
  expect(placeOf(0.5, 0.67, 25)).toBe('between')
  expect([placeOf(0, 0.6, 0), placeOf(1, 0.6, 100), placeOf(null, 0.6, null)]).toEqual(['lowest', 'highest', null])
})

test('what is not known of peers holds nobody back', () => {
  const alone = { ...found, acceptance: compared(0.1, null), retention: compared(null, 0.8) }
  expect(weakest(standingOf(alone))).toBeNull()
})

test('customers are said to go next door only where the whole interval says so', () => {
  const verdictOf = (low: number, high: number) =>
    standingOf({ ...found, diversion: { value: (low + high) / 2, low, high } }).diversion?.verdict
  expect([verdictOf(0.1, 0.3), verdictOf(-0.1, 0.3), verdictOf(-0.3, -0.1)]).toEqual(['more', 'unclear', 'less'])
  expect(standingOf({ ...found, diversion: { value: null, low: null, high: null } }).diversion).toBeNull()
})

test('the period before stands beside only where both may be shown', () => {
  const hidden = { ...found, peers: { merchants: null, suppressed: true, rule: 'too_few_merchants' as const } }
  const [shown, suppressed] = [standingOf(found), standingOf(hidden)]
  const { diversion: _apart, ...terms } = shown
  expect(standingBefore(shown, found)).toEqual(terms)
  expect(standingBefore(shown, hidden)).toBe('suppressed')
  expect(standingBefore(suppressed, found)).toBeNull()
})
