import { expect, test } from 'vitest'
import { askedRange, intervalFor, intervalsFor, localDay, periodBefore, presetsOn } from './presets.ts'

const today = '2026-11-05'
const asked = (query: string) => askedRange(new URLSearchParams(query), today)

test('today is the merchant’s day, not the server’s', () => {
  expect(localDay(Date.parse('2026-11-04T16:00:00Z'), 'Asia/Shanghai')).toBe('2026-11-05')
  expect(localDay(Date.parse('2026-11-04T15:59:59Z'), 'Asia/Shanghai')).toBe('2026-11-04')
})

test('without dates the last 30 days are shown, today among them', () => {
  expect(asked('')).toEqual({ from: '2026-10-07', to: '2026-11-05', problem: null })
})

test('what is shown without dates is one of those that are offered', () => {
  const { from, to } = presetsOn(today).find(({ name }) => name === 'month') ?? {}
  expect(asked('')).toMatchObject({ from, to })
})

test('the period before is as long and ends the day before', () => {
  expect(periodBefore({ from: '2026-11-05', to: '2026-11-05' })).toEqual({ from: '2026-11-04', to: '2026-11-04' })
  expect(periodBefore({ from: '2026-03-01', to: '2026-03-07' })).toEqual({ from: '2026-02-22', to: '2026-02-28' })
})

test('a range that can not be read is named, never a crash', () => {
  expect(asked('from=2026-11-05').problem).toBe('unreadable')
  expect(asked('from=yesterday&to=2026-11-05')).toEqual({ from: '', to: '2026-11-05', problem: 'unreadable' })
  expect(asked('from=2026-02-30&to=2026-03-01').problem).toBe('unreadable')
  expect(asked('from=2026-11-05&to=2026-11-01').problem).toBe('reversed')
  expect(asked('from=2024-01-01&to=2026-11-01').problem).toBe('tooLong')
})

test('days that have not come yet are no finding; a range that has begun is one', () => {
  expect(asked('from=2026-11-06&to=2026-11-10')).toEqual({ from: '2026-11-06', to: '2026-11-10', problem: 'future' })
  expect(asked('from=2026-11-05&to=2026-11-10').problem).toBeNull()
  expect(asked('from=2027-11-10&to=2027-11-06').problem).toBe('reversed')
})

test('one day is shown by hours, up to a quarter by days, longer ranges by weeks', () => {
  expect(intervalFor({ from: today, to: today })).toBe('hour')
  expect(intervalFor({ from: '2026-08-08', to: today })).toBe('day')
  expect(intervalFor({ from: '2026-01-01', to: today })).toBe('week')
})

test('a range is offered by every interval that shows at least two bars and not too many', () => {
  expect(intervalsFor({ from: today, to: today })).toEqual(['hour'])
  expect(intervalsFor({ from: '2026-10-30', to: today })).toEqual(['hour', 'day'])
  expect(intervalsFor({ from: '2026-10-07', to: today })).toEqual(['day', 'week'])
  expect(intervalsFor({ from: '2026-01-01', to: today })).toEqual(['week'])
})

test('a page may begin with other days than most do', () => {
  expect(askedRange(new URLSearchParams(), today, 'quarter')).toMatchObject({ from: '2026-08-08', to: today })
  expect(askedRange(new URLSearchParams('from=2026-11-01&to=2026-11-02'), today, 'quarter').from).toBe('2026-11-01')
})
