import { expect, test } from 'vitest'
import {
  axisYuan,
  clock,
  dayRange,
  days,
  dayWithWeekday,
  duration,
  exactYuan,
  hour,
  percent,
  ratio,
  yuan,
  zone,
  type Language,
} from './format.ts'

test('money keeps its fen below ¥10,000 and only where there are any', () => {
  expect(yuan(8600, 'zh')).toBe('¥86')
  expect(yuan(8650, 'zh')).toBe('¥86.50')
  expect(yuan(999_999, 'zh')).toBe('¥9,999.99')
  expect(yuan(0, 'en')).toBe('¥0')
})

test('money from ¥10,000 up is whole yuan, from a million up in 万 for Chinese readers', () => {
  expect(yuan(1_234_567, 'zh')).toBe('¥12,346')
  expect(yuan(123_456_789, 'zh')).toBe('¥123.5万')
  expect(yuan(123_456_789, 'en')).toBe('¥1,234,568')
})

test('tables show every fen', () => {
  expect(exactYuan(1_234_560)).toBe('¥12,345.60')
})

test('an axis is short in both languages', () => {
  expect(axisYuan(150_000, 'zh')).toBe('¥1,500')
  expect(axisYuan(1_500_000, 'zh')).toBe('¥1.5万')
  expect(axisYuan(1_500_000, 'en')).toBe('¥15k')
})

test('a small share is not rounded away', () => {
  expect(percent(0.153)).toBe('15%')
  expect(percent(0.004)).toBe('0.4%')
  expect(percent(0)).toBe('0%')
  expect(percent(1)).toBe('100%')
})

test('so many times: two decimals below one, and what rounds to one is written as one is', () => {
  expect([0.994, 0.995, 1, 1.04].map(ratio)).toEqual(['0.99', '1.0', '1.0', '1.0'])
})

test('days read as a shop owner writes them', () => {
  expect(dayWithWeekday('2026-11-05', 'zh')).toBe('11月5日 周四')
  expect(dayWithWeekday('2026-11-05', 'en')).toBe('Thu 5 Nov')
  expect(dayRange('2026-10-07', '2026-11-05', 'zh')).toBe('2026年10月7日至11月5日')
  expect(dayRange('2025-12-30', '2026-01-02', 'zh')).toBe('2025年12月30日至2026年1月2日')
  expect(dayRange('2025-12-30', '2026-01-02', 'en')).toBe('30 Dec 2025 to 2 Jan 2026')
  expect(dayRange('2026-11-05', '2026-11-05', 'en')).toBe('5 Nov 2026')
})

test('a time is the time on the wall of the shop, whatever the zone of the reader', () => {
  expect(clock('2026-11-05T16:03:22.123Z', 'Asia/Shanghai', 'zh')).toBe('11月6日 00:03:22')
  expect(clock('2026-11-05T16:03:22.123Z', 'Asia/Urumqi', 'en')).toBe('5 Nov 22:03:22')
  expect(zone('Asia/Shanghai', 'zh')).toBe('北京时间')
  expect(zone('America/New_York', 'en')).toBe('America/New York')
  expect(hour('2026-11-01T13:00:00+08:00')).toBe('13:00')
})

test('days of this year are as short as can be', () => {
  const short = (from: string, to: string, language: Language) => days({ from, to }, '2026-11-28', language)
  expect(short('2026-11-20', '2026-11-24', 'zh')).toBe('11月20日至24日')
  expect(short('2026-10-30', '2026-11-02', 'zh')).toBe('10月30日至11月2日')
  expect(short('2026-11-20', '2026-11-24', 'en')).toBe('20 to 24 Nov')
  expect(short('2026-11-20', '2026-11-20', 'en')).toBe('20 Nov')
})

test('days of another year, or of two, say it', () => {
  const told = (from: string, to: string, language: Language) => days({ from, to }, '2026-11-28', language)
  expect(told('2024-09-20', '2025-10-24', 'zh')).toBe('2024年9月20日至2025年10月24日')
  expect(told('2025-12-02', '2025-12-31', 'zh')).toBe('2025年12月2日至12月31日')
  expect(told('2025-11-20', '2026-11-24', 'en')).toBe('20 Nov 2025 to 24 Nov 2026')
  expect(told('2025-11-20', '2025-11-20', 'en')).toBe('20 Nov 2025')
})

test('a duration is told in its two largest units', () => {
  const hours = 3_600_000
  expect(duration(76 * hours + 59_000, 'zh')).toBe('3 天 4 小时')
  expect(duration(72 * hours + 60_000, 'en')).toBe('3 d')
  expect(duration(65_000, 'en')).toBe('1 min 5 s')
  expect(duration(999, 'zh')).toBe('0 秒')
})
