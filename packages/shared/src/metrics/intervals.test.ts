import { expect, test } from 'vitest'
import { dateRange, intervalsOf } from './intervals.ts'

const starts = (from: string, to: string, timeZone: string, name: 'day' | 'hour' | 'week' | 'month') =>
  intervalsOf({ from, to }, timeZone, name).map(({ start }) => start)

test('a range of days has every day, and each ends where the next begins', () => {
  const days = intervalsOf({ from: '2026-10-30', to: '2026-11-02' }, 'Asia/Shanghai', 'day')
  expect(days.map(({ start }) => start)).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'])
  expect(days[0]?.from).toBe(Date.parse('2026-10-30T00:00:00+08:00'))
  for (const [i, day] of days.entries()) expect(days[i + 1]?.from ?? day.to).toBe(day.to)
})

test('a week at the edge begins with its Monday and holds only the days of the range', () => {
  const weeks = intervalsOf({ from: '2026-11-04', to: '2026-11-10' }, 'Asia/Shanghai', 'week')
  expect(weeks).toEqual([
    { start: '2026-11-02', from: Date.parse('2026-11-04T00:00:00+08:00'), to: Date.parse('2026-11-09T00:00:00+08:00') },
    { start: '2026-11-09', from: Date.parse('2026-11-09T00:00:00+08:00'), to: Date.parse('2026-11-11T00:00:00+08:00') },
  ])
})

test('a month is named by its first day', () => {
  expect(starts('2026-01-31', '2026-03-01', 'Asia/Shanghai', 'month')).toEqual([
    '2026-01-01',
    '2026-02-01',
    '2026-03-01',
  ])
})

test('a day on which the clocks change has 23 or 25 hours, each with the offset in force', () => {
  const spring = starts('2026-03-08', '2026-03-08', 'America/New_York', 'hour')
  expect(spring).toHaveLength(23)
  expect(spring.slice(1, 3)).toEqual(['2026-03-08T01:00:00-05:00', '2026-03-08T03:00:00-04:00'])
  const autumn = starts('2026-11-01', '2026-11-01', 'America/New_York', 'hour')
  expect(autumn).toHaveLength(25)
  expect(autumn.slice(1, 3)).toEqual(['2026-11-01T01:00:00-04:00', '2026-11-01T01:00:00-05:00'])
})

test('hours begin on the local hour where the zone is not a whole number of hours from UTC', () => {
  const [first, second] = intervalsOf({ from: '2026-11-01', to: '2026-11-01' }, 'Asia/Kathmandu', 'hour')
  expect(first?.start).toBe('2026-11-01T00:00:00+05:45')
  expect(second?.from).toBe(Date.parse('2026-11-01T01:00:00+05:45'))
})

test.each([
  [undefined, '2026-11-01', 'required'],
  ['2026-11-01', undefined, 'required'],
  ['2026-11-31', '2026-12-01', 'dates'],
  ['20261101', '2026-12-01', 'dates'],
  ['2026-11-02', '2026-11-01', 'not be after'],
  ['2025-01-01', '2026-02-05', 'at most 400'],
])('the range %s to %s is refused', (from, to, why) => {
  expect(dateRange(from, to)).toEqual({ problem: expect.stringContaining(why) as string })
})

test('a range of exactly 400 days is taken', () => {
  expect(dateRange('2025-01-01', '2026-02-04')).toEqual({ from: '2025-01-01', to: '2026-02-04' })
})
