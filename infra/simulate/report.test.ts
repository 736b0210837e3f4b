import { expect, test } from 'vitest'
import { Latencies } from './latencies.ts'
import { lineOf, summaryOf } from './report.ts'

test('the line tells the time in China, the rates since the last line, and what was refused', () => {
  const before = { recorded: 1_000, queued: 100, refused: new Map(), later: new Map() }
  const line = lineOf({
    ...{ recorded: 5_000, queued: 300, before, seconds: 2, lap: 2, offline: 7, terminals: 500 },
    refused: new Map([
      ['too_old', 3],
      ['unknown_type', 12],
    ]),
    later: new Map([[503, 2]]),
    marketTime: Date.parse('2026-10-31T17:30:00Z'),
  })
  expect(line).toBe(
    'Sun 2026-11-01 01:30, lap 2 · recorded 2,000/s · answered 1,900/s · queued 300 · 7 of 500 tills offline · ' +
      'refused 15 (unknown_type 12, too_old 3) · status 2 (503 2)',
  )
})

test('the summary accounts for every event', () => {
  const refused = new Map([['too_old', 3]])
  const summary = summaryOf({
    ...{ recorded: 1_000, queued: 40, dropped: 7, refused, later: new Map(), seconds: 10 },
    ...{ p50: 210, p99: undefined, cpuSeconds: 0.1 },
  })
  expect(summary).toContain('Recorded 1,000 events in 10 s, 100/s.')
  expect(summary).toContain('Accepted 950, refused 3 (too_old 3), not answered 40, dropped 7.')
  expect(summary).toContain('half within 210 ms, 99 % within unknown')
  expect(summary).toContain('100 µs an event')
})

test('latencies weigh by events', () => {
  const latencies = new Latencies()
  expect(latencies.quantile(0.5)).toBeUndefined()
  latencies.add(3, 98)
  latencies.add(1_000, 2)
  expect(latencies.quantile(0.5)).toBe(5)
  expect(latencies.quantile(0.98)).toBe(5)
  expect(latencies.quantile(0.99)).toBe(1_000)
  expect(latencies.quantile(1)).toBe(1_000)
})
