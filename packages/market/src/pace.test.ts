import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, dayAfter, dayOf, midnightOf } from './calendar.ts'
import { market } from './market.ts'
import { WAKING_DAY, eventsPerDay, wakingAfter } from './pace.ts'
import { daysOf } from './stream.ts'

const start = midnightOf('2026-11-01')
const instant = fc.integer({ min: start, max: start + 30 * DAY })
const span = fc.integer({ min: 0, max: 20 * WAKING_DAY })

test('time that passes in two steps is time that passes in one', () => {
  fc.assert(
    fc.property(instant, span, span, (at, a, b) => {
      expect(wakingAfter(wakingAfter(at, a), b)).toBe(wakingAfter(at, a + b))
    }),
  )
})

test('it is never night, and never earlier', () => {
  fc.assert(
    fc.property(instant, span, (at, ms) => {
      const then = wakingAfter(at, ms)
      expect(then).toBeGreaterThanOrEqual(at)
      const hour = (then - midnightOf(dayOf(then))) / HOUR
      expect(hour).toBeGreaterThanOrEqual(7)
      expect(hour).toBeLessThan(23)
    }),
  )
})

test('a day later is the same time of day', () => {
  const noon = start + 12 * HOUR
  expect(wakingAfter(noon, WAKING_DAY)).toBe(noon + DAY)
  expect(wakingAfter(noon, 3 * HOUR)).toBe(noon + 3 * HOUR)
})

test('nothing happens in the nights that are skipped', () => {
  const shops = market({ seed: 2 })
  for (const merchant of shops.merchants) {
    for (const { time } of [...daysOf(shops, merchant, '2026-11-02', '2026-11-08')].flat()) {
      expect(time.slice(11, 13) >= '07' && time.slice(11, 13) < '23', time).toBe(true)
    }
  }
})

test('the number of events a day is known from a few shops', () => {
  const shops = market({ seed: 2, terminals: 150, providers: 2 })
  const week = shops.merchants.flatMap((merchant) => [
    ...daysOf(shops, merchant, '2026-11-02', dayAfter('2026-11-02', 6)),
  ])
  const perDay = week.reduce((sum, day) => sum + day.length, 0) / 7
  expect(eventsPerDay(shops, '2026-11-02') / perDay).toBeGreaterThan(0.95)
  expect(eventsPerDay(shops, '2026-11-02') / perDay).toBeLessThan(1.05)
})
