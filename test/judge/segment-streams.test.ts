// What the streams for `segments` really hold, counted.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from './order.ts'
import { segmentSightingsOf } from './segment-sightings.ts'
import { segmentStreams } from './segment-streams.ts'
import { judgeSegments, type Dimension, type Segment } from './segments.ts'

const all = fc.sample(segmentStreams({ now: Date.now() }), { numRuns: 400, seed: 20_261_126 })

describe('over 400 streams', () => {
  const sightings = new Map<string, number>()
  for (const stream of all) {
    for (const sighting of segmentSightingsOf(stream)) sightings.set(sighting, (sightings.get(sighting) ?? 0) + 1)
  }

  test.each([
    ...['under-18', '18-24', '60+', 'unknown'].map((segment) => `ageBand: ${segment}`),
    ...['returning', 'new', 'unknown'].map((segment) => `returning: ${segment}`),
    ...['under-50', '50-99', '100-299', '300-999', '1000+'].map((segment) => `ticketBand: ${segment}`),
    ...['night', 'morning', 'lunch', 'afternoon', 'dinner', 'evening'].map((segment) => `daypart: ${segment}`),
    ...['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((segment) => `weekday: ${segment}`),
    ...[50_00, 100_00, 300_00, 1000_00].flatMap((edge) => [`ticket: ${edge}`, `ticket: ${edge - 1}`]),
    ...[6, 11, 14, 17, 21].flatMap((hour) => [`daypart: at ${hour}`, `daypart: 1 ms before ${hour}`]),
    'never attempted',
    'earliest attempt: another amount than a',
    'earliest attempt: on another day than t₀',
    'earliest attempt: before t₀',
    'earliest attempt: after t₀',
    'age band: two in one checkout',
    'age band: told by another event than the customer',
    'age band: not of the earliest event',
    'returning: both in one checkout',
    'moment: at midnight',
    'moment: 1 ms before midnight',
    'moment: outside the range',
    'index: null',
    'index: 0',
    'index: above 1',
    'net lost: less than all that was unsupported',
  ])('%s occurs', (sighting) => {
    expect(sightings.get(sighting) ?? 0, sighting).toBeGreaterThanOrEqual(2)
  })
})

describe('every stream', { timeout: 60_000 }, () => {
  test('delivers exactly its events', () => {
    for (const { events, deliveries } of all) {
      expect(new Set(deliveries.map(canonical))).toEqual(new Set(events.map(canonical)))
    }
  })

  test('comes to the same segments in any order, with any repeats', () => {
    for (const stream of all) {
      const judged = judgeSegments(stream)
      expect(judgeSegments({ ...stream, events: stream.deliveries })).toEqual(judged)
    }
  })

  test('has the same totals whatever it is cut by', () => {
    for (const stream of all) {
      const total = (by: Dimension) => {
        const { segments } = judgeSegments({ ...stream, by })
        const sum = (of: (segment: Segment) => number) => segments.map(of).reduce((x, y) => x + y, 0)
        return [
          sum(({ all }) => all.amount),
          sum(({ unsupported }) => unsupported.amount),
          sum((s) => s.netLost.amount),
        ]
      }
      expect(total(stream.by)).toEqual(total('weekday'))
    }
  })
})
