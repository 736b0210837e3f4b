/**
 * How money, counts, shares, days and times are written: the one place that decides it, for server and browser alike.
 * Money comes in fen. Days are `2026-11-05`, already local; instants are RFC 3339.
 * Only `Intl` features whose result does not vary between engines are used, so both sides write the same.
 */

export type Language = 'zh' | 'en'

// Made once: a page with its tables writes a thousand numbers, and each of these takes longer to make than to use.
const withDigits = (least: number, most: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: least, maximumFractionDigits: most })
const whole = withDigits(0, 0)
const oneDigit = withDigits(1, 1)
const twoDigits = withDigits(2, 2)
const upToOneDigit = withDigits(0, 1)

const wholeYuanFrom = 10_000

/** For sentences: ¥86, ¥86.50, from ¥10,000 up without fen; from a million up 万 in Chinese. */
export function yuan(fen: number, language: Language): string {
  const amount = fen / 100
  if (language === 'zh' && amount >= 1_000_000) return `¥${oneDigit.format(amount / 10_000)}万`
  if (amount >= wholeYuanFrom || fen % 100 === 0) return `¥${whole.format(amount)}`
  return `¥${twoDigits.format(amount)}`
}

/** For tables: to the fen, so that columns add up and line up. */
export const exactYuan = (fen: number): string => `¥${twoDigits.format(fen / 100)}`

/** For axes. */
export function axisYuan(fen: number, language: Language): string {
  const amount = fen / 100
  if (language === 'zh') return amount >= 10_000 ? `¥${trimmed(amount / 10_000)}万` : `¥${trimmed(amount)}`
  if (amount >= 1_000_000) return `¥${trimmed(amount / 1_000_000)}m`
  return amount >= 10_000 ? `¥${trimmed(amount / 1000)}k` : `¥${trimmed(amount)}`
}

const trimmed = (n: number): string => upToOneDigit.format(n)

export const count = (n: number): string => whole.format(n)

/** 0.153 → 15%; below a tenth with one decimal, so that a small share is not rounded away. */
export function percent(share: number): string {
  const digits = share > 0 && share < 0.1 ? oneDigit : whole
  return `${digits.format(share * 100)}%`
}

/** 0.26 → 26, −0.04 → −4.0: percentage points, where a text names them. */
export const points = (share: number): string => `${share < 0 ? '−' : ''}${percent(Math.abs(share)).replace('%', '')}`

/** 1.834 → 1.8: so many times. Below one with two decimals; what rounds to one is written as one is. */
export const ratio = (times: number): string => (times < 0.995 ? twoDigits : oneDigit).format(times)

const monthsEn = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const weekdays = {
  zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
} as const

interface Day {
  year: number
  month: number
  day: number
}

function dayOf(date: string): Day {
  const [year = 0, month = 1, day = 1] = date.slice(0, 10).split('-').map(Number)
  return { year, month, day }
}

/** 11月5日, 5 Nov. */
export function day(date: string, language: Language): string {
  const { month, day: number } = dayOf(date)
  return language === 'zh' ? `${month}月${number}日` : `${number} ${monthsEn[month - 1] ?? ''}`
}

/** 11/5, 5/11: where there is room for little. */
export function shortDay(date: string, language: Language): string {
  const { month, day: number } = dayOf(date)
  return language === 'zh' ? `${month}/${number}` : `${number}/${month}`
}

/** 11月5日 周四, Thu 5 Nov. */
export function dayWithWeekday(date: string, language: Language): string {
  const { year, month, day: number } = dayOf(date)
  const weekday = weekdays[language][new Date(Date.UTC(year, month - 1, number)).getUTCDay()] ?? ''
  return language === 'zh' ? `${day(date, language)} ${weekday}` : `${weekday} ${day(date, language)}`
}

/** 2026年10月7日至11月5日, 7 Oct to 5 Nov 2026. One day is written once. */
export function dayRange(from: string, to: string, language: Language): string {
  const first = dayOf(from)
  const last = dayOf(to)
  const oneYear = first.year === last.year
  if (language === 'zh') {
    const begin = `${first.year}年${day(from, language)}`
    return from === to ? begin : `${begin}至${oneYear ? '' : `${last.year}年`}${day(to, language)}`
  }
  const end = `${day(to, language)} ${last.year}`
  return from === to ? end : `${day(from, language)}${oneYear ? '' : ` ${first.year}`} to ${end}`
}

/** 11月20日至24日, 20 to 24 Nov: of this year. With their years where one is another. */
export function days({ from, to }: { from: string; to: string }, today: string, language: Language): string {
  const [first, last] = [dayOf(from), dayOf(to)]
  if ([first, last].some(({ year }) => year !== dayOf(today).year)) return dayRange(from, to, language)
  if (from === to) return day(from, language)
  const oneMonth = first.month === last.month
  if (language === 'zh') return `${day(from, language)}至${oneMonth ? `${last.day}日` : day(to, language)}`
  return `${oneMonth ? first.day : day(from, language)} to ${day(to, language)}`
}

/** The hour of an interval's start, `2026-11-01T13:00:00+08:00` → 13:00. */
export const hour = (start: string): string => start.slice(11, 16)

/** 11月5日 14:03:22, 5 Nov 14:03:22, in the given zone. */
export function clock(instant: string, timeZone: string, language: Language): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? ''
  const date = `${part('year')}-${part('month')}-${part('day')}`
  return `${day(date, language)} ${part('hour')}:${part('minute')}:${part('second')}`
}

/** 北京时间, Beijing time; other zones by their IANA name, which everybody can look up. */
export function zone(timeZone: string, language: Language): string {
  if (timeZone === 'Asia/Shanghai') return language === 'zh' ? '北京时间' : 'Beijing time'
  return timeZone.replaceAll('_', ' ')
}

/** One after another: between Chinese sentences there is no space. */
export const sentences = (parts: readonly string[], language: Language): string =>
  parts.filter((part) => part !== '').join(language === 'zh' ? '' : ' ')

const units = [
  { ms: 24 * 3_600_000, zh: '天', en: 'd' },
  { ms: 3_600_000, zh: '小时', en: 'h' },
  { ms: 60_000, zh: '分', en: 'min' },
  { ms: 1_000, zh: '秒', en: 's' },
] as const

/** 3 天 4 小时, 3 d 4 h: milliseconds in its two largest units, cut. Below a second 0 秒, 0 s. */
export function duration(ms: number, language: Language): string {
  const largest = units.findIndex((unit) => ms >= unit.ms)
  const first = largest === -1 ? units.length - 1 : largest
  let left = ms
  const parts = units.slice(first, first + 2).map((unit) => {
    const n = Math.floor(left / unit.ms)
    left -= n * unit.ms
    return { n, text: `${count(n)} ${unit[language]}` }
  })
  const told = parts.filter(({ n }, i) => i === 0 || n > 0).map(({ text }) => text)
  return told.join(' ')
}
