// What the generated fleets really hold, counted.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeAdoption } from './adoption.ts'
import { fleetSightingsOf } from './fleet-sightings.ts'
import { fleets } from './fleet-streams.ts'
import { canonical, utcMilliseconds } from './order.ts'
import { day, hour } from './stream-moments.ts'

const today = Date.now()
const all = [
  ...fc.sample(fleets({ today }), { numRuns: 200, seed: 20_261_126 }),
  ...fc.sample(fleets({ now: today }), { numRuns: 100, seed: 11 }),
]

describe('over 300 fleets', () => {
  const sightings = new Map<string, number>()
  for (const fleet of all) {
    for (const sighting of fleetSightingsOf(fleet)) sightings.set(sighting, (sightings.get(sighting) ?? 0) + 1)
  }

  test.each([
    ...['model', 'firmware', 'mcc', 'city'].map((by) => `by: ${by}`),
    ...['not_capable', 'capable_not_signed', 'signed_not_open', 'open', 'suspended', 'unknown'].map(
      (state) => `state: ${state}`,
    ),
    'merchants: of another provider',
    'merchants: none',
    'merchants: of several zones',
    'group: unknown',
    'group: of several terminals',
    'groups: several in a day',
    'model: reported over the registry’s',
    'days: none',
    'counts: since an event before it was registered',
    'counts: since it was registered, before any event',
    'counts: never',
    'counts: not before its first day',
    'counts: not on the day it retired',
    'report: at midnight',
    'report: 1 ms before midnight',
    'report: keeps the state',
    'reports: a tie that the id decides',
    'reports: a tie that canonical JSON decides',
    'active: by the 28th day',
    'active: no more',
    'funnel: one succeeded that is not open',
    'funnel: one succeeded that is not active',
    'start: after `to`',
    'start: on the day it retired, or after',
    'start: open',
    'start: open by a report of that instant',
    'opening: never',
    'opening: on the day of the start',
    'opening: 1 ms after the start',
    'opening: on `to`',
    'opening: on the day after `to`',
    'opening: on the last day it counts',
    'opening: on the day it retired',
    'opening: after it was closed again',
    'median: null',
    'median: known',
    'median: at exactly 0.5',
    'median: with a low bound',
    'median: with both bounds',
    'curve: down to 0',
    'curve: begins below 1',
    'curve: several steps',
    'reasons: several',
  ])('%s occurs', (sighting) => {
    expect(sightings.get(sighting) ?? 0, sighting).toBeGreaterThanOrEqual(2)
  })
})

describe('every fleet', { timeout: 60_000 }, () => {
  test('is valid for a server whose clock says what it is read at, and its checkouts within 48 h', () => {
    for (const { events, deliveries, now } of all) {
      const times = events.map((event) => utcMilliseconds(event.time))
      expect(Math.max(...times)).toBeLessThanOrEqual(now)
      expect(Math.min(...times)).toBeGreaterThan(now - 400 * day)
      expect(new Set(deliveries.map(canonical))).toEqual(new Set(events.map(canonical)))
      for (const checkoutId of new Set(events.map((event) => event.data.checkoutId).filter((id) => id !== undefined))) {
        const own = events
          .filter((event) => event.data.checkoutId === checkoutId)
          .map((event) => Date.parse(event.time))
        expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(48 * hour)
      }
    }
  })

  test('comes to the same figures in any order, with any repeats', () => {
    for (const fleet of all.slice(0, 60)) {
      expect(judgeAdoption({ ...fleet, events: fleet.deliveries })).toEqual(judgeAdoption(fleet))
    }
  })

  test('counts each of its terminals once a day, in one state', () => {
    for (const fleet of all.slice(0, 60)) {
      const { days, funnel } = judgeAdoption(fleet)
      for (const { terminals, notCapable, capableNotSigned, signedNotOpen, open, suspended, unknown } of days) {
        expect(notCapable + capableNotSigned + signedNotOpen + open + suspended + unknown).toBe(terminals)
      }
      const last = days.filter(({ day: date }) => date === fleet.to)
      expect(last.reduce((sum, { terminals }) => sum + terminals, 0)).toBe(funnel.terminals)
    }
  })
})
