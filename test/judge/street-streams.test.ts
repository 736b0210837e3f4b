// What the generated streets really hold, counted.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeCompetitiveness } from './competitiveness.ts'
import { canonical, utcMilliseconds } from './order.ts'
import { streetSightingsOf } from './street-sightings.ts'
import { streets } from './street-streams.ts'
import { day } from './stream-moments.ts'

const today = Date.now()
const all = [
  ...fc.sample(streets({ today }), { numRuns: 150, seed: 20_261_126 }),
  ...fc.sample(streets({ now: today }), { numRuns: 100, seed: 11 }),
]

describe('over 250 streets', () => {
  const sightings = new Map<string, number>()
  for (const street of all) {
    for (const sighting of streetSightingsOf(street)) sightings.set(sighting, (sightings.get(sighting) ?? 0) + 1)
  }

  test.each([
    ...['0 of 0', '0 of 1', '1 of 1', '1 of 2', '2 of 2', '2 of 3', '3 of 3'].map((weeks) => `weeks: ${weeks}`),
    ...['range_too_short', 'too_few_merchants', 'dominant_merchant', 'too_few_customers', 'kept'].map(
      (rule) => `rule: ${rule}`,
    ),
    'week: ended 48 h ago',
    'week: ended 1 ms less than 48 h ago',
    'peers: rivals',
    'peers: siblings',
    'peers: rivals, though siblings would do',
    'peers: rivals in one week, siblings in another',
    'peer: of one counted week, busy in another',
    'broken: by both, differently',
    'group: exactly 5 merchants',
    'group: 4 merchants',
    'group: exactly 25 %',
    'group: just over 25 %',
    'group: exactly 10 customers',
    'group: 9 customers',
    'candidate: of another district',
    'no candidate: another city',
    'no candidate: another MCC',
    't₀: Monday 00:00',
    't₀: 1 ms before Monday',
    't₀: 1 ms before the end',
    't₀: at the end',
    'zone: another day than in Shanghai',
    ...['acceptance', 'retention', 'returnRatio'].flatMap((figure) =>
      ['own null', 'own known', 'peers known', 'a tie'].map((how) => `${figure}: ${how}`),
    ),
    'returnRatio: peers null',
    'index: a median of 0',
    'index: held at 2',
    'index: held at 0.2',
    'index: null with weeks',
    'own figures: of the range',
    ...['null', 'above 0', 'below 0', '0'].map((value) => `diversion: ${value}`),
    'diversion: at exactly 24 h',
    'diversion: 1 ms after 24 h',
    'diversion: at t₀',
    'diversion: reversed',
    'return: after exactly 28 days',
    'return: 1 ms after 28 days',
    'return: at the same time only',
    'return: never attempted',
  ])('%s occurs', (sighting) => {
    expect(sightings.get(sighting) ?? 0, sighting).toBeGreaterThanOrEqual(2)
  })
})

describe('every street', { timeout: 60_000 }, () => {
  test('is valid for a server whose clock says what it is read at', () => {
    for (const { events, deliveries, now } of all) {
      const times = events.map((event) => utcMilliseconds(event.time))
      expect(Math.max(...times)).toBeLessThanOrEqual(now)
      expect(Math.min(...times)).toBeGreaterThan(now - 400 * day)
      expect(new Set(deliveries.map(canonical))).toEqual(new Set(events.map(canonical)))
    }
  })

  test('comes to the same figures in any order, with any repeats', () => {
    for (const street of all.slice(0, 60)) {
      const judged = judgeCompetitiveness(street)
      expect(judgeCompetitiveness({ ...street, events: street.deliveries })).toEqual(judged)
      expect(judgeCompetitiveness({ ...street, merchants: street.merchants.toReversed() })).toEqual(judged)
    }
  })
})
