import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterAskedMs, backoffMs, retryAfterMs, slowlyMs } from './backoff.ts'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const failures = fc.integer({ min: 1, max: 1_000_000 })

test('the bound doubles with each failure in a row, up to five minutes', () => {
  expect([1, 2, 3, 9, 1_000_000].map((n) => backoffMs(n, 1))).toEqual([2_000, 4_000, 8_000, 300_000, 300_000])
})

test('a wait is never none, and never over five minutes', () => {
  fc.assert(
    fc.property(failures, chance, (n, random) => {
      expect(backoffMs(n, random)).toBeGreaterThanOrEqual(100)
      expect(backoffMs(n, random)).toBeLessThanOrEqual(300_000)
      expect(slowlyMs(random)).toBeGreaterThanOrEqual(60_000)
      expect(slowlyMs(random)).toBeLessThanOrEqual(300_000)
    }),
  )
})

test('what the server asked for is never cut short, unless it asks for more than an hour', () => {
  fc.assert(
    fc.property(fc.nat(3_600_000), failures, chance, (asked, n, random) => {
      expect(afterAskedMs(asked, n, random)).toBeGreaterThan(asked)
    }),
  )
  expect(afterAskedMs(1e12, 1, 0.5)).toBeLessThan(2 * 3_600_000)
})

test('Retry-After is seconds or an HTTP date', () => {
  const now = Date.parse('2026-11-01T10:00:00Z')
  expect(retryAfterMs('120', now)).toBe(120_000)
  expect(retryAfterMs('0', now)).toBe(0)
  expect(retryAfterMs('Sun, 01 Nov 2026 10:02:00 GMT', now)).toBe(120_000)
  expect(retryAfterMs('Sunday, 01-Nov-26 10:02:00 GMT', now)).toBe(120_000)
  expect(retryAfterMs('Sun Nov  1 10:02:00 2026', now)).toBe(120_000)
  expect(retryAfterMs('Sun, 01 Nov 2026 09:00:00 GMT', now)).toBe(0)
})

test.each([null, '', 'soon', '-5', '1.5', '2026-11-01', '9999999999999'])('Retry-After %j says nothing', (header) => {
  expect(retryAfterMs(header, 0)).toBeUndefined()
})
