// Local days of the market. All its shops keep Asia/Shanghai, which has had one offset since 1991.
import { isHoliday, isWorkedWeekend } from './holidays.ts'

/** A local date, "2026-11-01". */
export type Day = string

export const TIME_ZONE = 'Asia/Shanghai'
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
const OFFSET = 8 * HOUR

/** The instant a local day begins, in milliseconds since 1970. */
export function midnightOf(day: Day): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(day)) {
    throw new RangeError(`not a date: ${day}`)
  }
  return utc - OFFSET
}

/** The local day of an instant. */
export function dayOf(at: number): Day {
  return new Date(at + OFFSET).toISOString().slice(0, 10)
}

export function dayAfter(day: Day, days = 1): Day {
  return new Date(midnightOf(day) + OFFSET + days * DAY).toISOString().slice(0, 10)
}

/** Every day from `from` to `to`, both inclusive. */
export function* daysFrom(from: Day, to: Day): Generator<Day> {
  midnightOf(to)
  for (let day = from; day <= to; day = dayAfter(day)) yield day
}

export function kindOf(day: Day): 'holiday' | 'weekend' | 'workday' {
  if (isHoliday(day)) return 'holiday'
  const weekday = new Date(midnightOf(day) + OFFSET).getUTCDay()
  return (weekday === 0 || weekday === 6) && !isWorkedWeekend(day) ? 'weekend' : 'workday'
}

/** An instant as the tills write it, "2026-11-01T10:15:30.123+08:00": one offset, so the text sorts as the time. */
export function timestamp(at: number): string {
  return `${new Date(at + OFFSET).toISOString().slice(0, 23)}+08:00`
}
