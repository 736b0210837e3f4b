// A generator that never hits a case can't judge it: what the streams really hold, counted.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeCheckouts, judgeLostSales } from './lost-sales.ts'
import { sightingsOf } from './stream-sightings.ts'
import { canonical, utcMilliseconds } from './order.ts'
import { streams } from './streams.ts'
import { day, hour, minute } from './stream-moments.ts'

const today = Date.now()
const few = fc.sample(streams({ today }), { numRuns: 300, seed: 20_261_123 })
const many = fc.sample(streams({ today, many: true }), { numRuns: 60, seed: 11 })
const all = [...few, ...many]

describe('over 360 streams', () => {
  const sightings = new Map<string, number>()
  for (const stream of all) {
    for (const sighting of sightingsOf(stream)) sightings.set(sighting, (sightings.get(sighting) ?? 0) + 1)
  }

  test.each([
    ...['approved', 'pending', 'declined', 'not attempted'].map((state) => `checkout: ${state}`),
    ...['pending', 'declined', 'succeeded', 'succeeded, taken back'].map((state) => `attempt: ${state}`),
    ...['recoveredInWallet', 'recoveredOther', 'downsized', 'deferred', 'abandoned', 'open', 'unknown'].map(
      (name) => `outcome: ${name}`,
    ),
    ...['TECH_NO_SUPPORT', 'LEGACY_INCOMPATIBLE', 'CHANNEL_COMPETITION', 'SILENT_SUBSTITUTION', 'POLICY_LICENCE'],
    ...['NO_AGREEMENT', 'MARGIN_FEE', 'COST_BENEFIT', 'RISK_APPETITE', 'CUSTOMER_MIX', 'BUYER_CREDIT', 'BUYER_ACCOUNT'],
    ...['LIMIT', 'RISK_DECLINE', 'SYSTEM', 'OPERATION', 'UNMAPPED'],
    'reason: own code',
    'reason: disabled channels against the table',
    'reason: disabled instalments, asked for',
    'reason: disabled instalments, not asked for',
    'reason: declared over the event',
    'reason: declared over a substitution',
    'reason: substitution at another terminal than t₀',
    'reason: substitution without a substituting request',
    'reason: attempt succeeded later',
    'cause: cleared',
    'cause: at the very time',
    'cause: 1 ms late',
    'cause: two at one time',
    'tie of t₀: id',
    'tie of t₀: id, bytes against UTF-16',
    'tie of t₀: source',
    'tie of t₀: canonical JSON',
    'tie of a success: id',
    'tie of a success: source',
    'tie of a success: canonical JSON',
    'tie: only an absent default decides',
    'copies with one (source, id)',
    'reversal: before its success',
    'reversal: at 24 h',
    'reversal: 1 ms after 24 h',
    'reversal: without a success',
    'p: exactly a',
    'p: more than a',
    'p: of several payments',
    ...['t₀', 't₀ + W - 1 ms', 't₀ + W', 't₀ + W + 1 ms', 't₀ + 24 h', 't₀ + 24 h + 1 ms'].map(
      (edge) => `payment: at ${edge}`,
    ),
    'deferred: by another checkout',
    'deferred: by another checkout at 24 h',
    'not deferred: by another checkout at t₀',
    'not deferred: by another checkout 1 ms after 24 h',
    'abandoned: explicit',
    'abandoned: seen',
    'abandoned: seen at t₀ + W only',
    'not abandoned: seen 1 ms too early',
    'customer: two in one checkout',
    'approved: reversed',
    'approved: after 24 h',
    't₀: at midnight',
    't₀: 1 ms before midnight',
    't₀: outside the range',
    't₀: in a day of another length',
    'now: t₀ + W',
    'now: t₀ + W - 1 ms',
    'settled: at its very time',
    'settled: 1 ms short',
    'series: mixed settled',
    ...['day', 'hour', 'week', 'month'].map((name) => `interval: ${name}`),
    'interval: starts before the range',
    ...['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'].map((zone) => `zone: ${zone}`),
    'rate: known',
    'rate: null',
    'net lost: three different bounds',
  ])('%s occurs', (sighting) => {
    expect(sightings.get(sighting) ?? 0, sighting).toBeGreaterThanOrEqual(2)
  })
})

// Each of these looks at all the streams: seconds, and more on a busy machine.
describe('every stream', { timeout: 60_000 }, () => {
  test('is valid for a server whose clock says today, and its checkouts within 48 h', () => {
    for (const { events, deliveries } of all) {
      const times = [...events, ...deliveries].map((event) => utcMilliseconds(event.time))
      expect(Math.max(...times)).toBeLessThanOrEqual(today + 5 * minute)
      expect(Math.min(...times)).toBeGreaterThan(today - 400 * day)
      for (const checkoutId of new Set(events.map((event) => event.data.checkoutId).filter((id) => id !== undefined))) {
        const own = events
          .filter((event) => event.data.checkoutId === checkoutId)
          .map((event) => utcMilliseconds(event.time))
        expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(48 * hour)
      }
    }
  })

  test('is read at a clock that could have accepted it', () => {
    for (const { events, now } of all) {
      for (const event of events) expect(utcMilliseconds(event.time)).toBeLessThanOrEqual(now + 5 * minute)
    }
  })

  test('delivers exactly its events, whatever the repeats and how they are written', () => {
    for (const { events, deliveries } of all) {
      expect(new Set(deliveries.map(canonical))).toEqual(new Set(events.map(canonical)))
      expect(events).toHaveLength(new Set(events.map(canonical)).size)
    }
  })

  test('comes to the same figures in any order, with any repeats', () => {
    for (const stream of all) {
      const judged = judgeLostSales(stream)
      expect(judgeLostSales({ ...stream, events: stream.deliveries })).toEqual(judged)
      expect(judgeLostSales({ ...stream, events: stream.events.toReversed() })).toEqual(judged)
    }
  })

  test('keeps the sums that are "always true"', () => {
    for (const stream of all) {
      const { totals, series, reasons } = judgeLostSales(stream)
      const { recoveredInWallet, recoveredOther, deferred, downsized, open, unknown } = totals.outcomes
      const recovered = recoveredInWallet.amount + recoveredOther.amount
      expect(recovered + deferred.amount + downsized.paid + totals.netLost.amount + unknown.amount + open.amount).toBe(
        totals.unsupported.amount,
      )
      expect(totals.approved.checkouts + totals.pending.checkouts + totals.declined.checkouts).toBe(
        totals.attempted.checkouts,
      )
      expect(series.reduce((sum, row) => sum + row.netLost.high, 0)).toBe(totals.netLost.high)
      expect(series.reduce((sum, row) => sum + row.attempted.checkouts, 0)).toBe(totals.attempted.checkouts)
      expect(reasons.reduce((sum, row) => sum + row.amount, 0)).toBe(totals.declined.amount)
    }
  })

  test('gives most checkouts to the range that is asked for', () => {
    const judged = all.map((stream) => judgeCheckouts(stream).length).reduce((x, y) => x + y, 0)
    const counted = all.map((stream) => judgeLostSales(stream).totals.attempted.checkouts).reduce((x, y) => x + y, 0)
    expect(counted / judged).toBeGreaterThan(0.6)
  })
})
