import { expect, test } from 'vitest'
import { dayAfter, dayOf, daysFrom, kindOf, midnightOf, timestamp } from './calendar.ts'
import { YEARS } from './holidays.ts'

test('a local day begins at midnight in Shanghai', () => {
  expect(timestamp(midnightOf('2026-11-01'))).toBe('2026-11-01T00:00:00.000+08:00')
  expect(new Date(midnightOf('2026-11-01')).toISOString()).toBe('2026-10-31T16:00:00.000Z')
})

test('an instant belongs to the local day around it', () => {
  expect(dayOf(midnightOf('2026-11-01'))).toBe('2026-11-01')
  expect(dayOf(midnightOf('2026-11-01') - 1)).toBe('2026-10-31')
})

test('days run over the ends of months and years', () => {
  expect([...daysFrom('2026-12-30', '2027-01-02')]).toEqual(['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02'])
  expect(dayAfter('2028-02-28')).toBe('2028-02-29')
})

test('what is no date is refused', () => {
  for (const wrong of ['2026-02-30', '2026-2-3', '2026-11-01T00:00', ''])
    expect(() => midnightOf(wrong)).toThrow(RangeError)
})

test('weekends and holidays are told from working days', () => {
  expect(kindOf('2026-11-01')).toBe('weekend')
  expect(kindOf('2026-11-02')).toBe('workday')
  expect(kindOf('2026-10-01')).toBe('holiday')
})

test('the movable holidays fall where the lunar calendar has them', () => {
  const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', {
    timeZone: 'Asia/Shanghai',
    month: 'numeric',
    day: 'numeric',
  })
  // Not Spring Festival 2027, 6 February: that new moon comes 4 minutes before midnight in Beijing, and ICU 78's
  // approximation puts it on the 7th.
  for (const [day, month, date] of [
    ['2026-02-17', '1', '1'],
    ['2026-06-19', '5', '5'],
    ['2026-09-25', '8', '15'],
    ['2027-06-09', '5', '5'],
    ['2027-09-15', '8', '15'],
  ] as const) {
    const parts = lunar.formatToParts(midnightOf(day))
    expect(parts.find(({ type }) => type === 'month')?.value).toBe(month)
    expect(parts.find(({ type }) => type === 'day')?.value).toBe(date)
    expect(kindOf(day)).toBe('holiday')
  }
})

test('a weekend that is worked for a holiday is no weekend', () => {
  expect(kindOf('2026-10-10')).toBe('workday')
  expect(kindOf('2026-10-11')).toBe('weekend')
})

test('a year gives the 13 statutory days off, whatever is moved around them', () => {
  const weekday = (day: string) => ![0, 6].includes(new Date(day).getUTCDay())
  for (const year of ['2025', '2026']) {
    const { off = [], worked = [] } = YEARS[year] ?? {}
    const free = off.flatMap(([from, to]) => [...daysFrom(from, to)])
    expect(worked.filter(weekday)).toEqual([])
    expect(worked.filter((day) => free.includes(day))).toEqual([])
    expect(free.filter(weekday).length - worked.length, year).toBe(13)
  }
})
