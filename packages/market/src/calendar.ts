// Local days of the market. All its shops keep Asia/Shanghai, which has had one offset since 1991.

/** A local date, "2026-11-01". */
export type Day = string

export const TIME_ZONE = 'Asia/Shanghai'
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const OFFSET = 8 * HOUR

// Statutory holidays (全国年节及纪念日放假办法, as amended for 2025). The days swapped with weekends are
// decreed year by year and left out; National Day is taken as the usual week.
const FIXED = new Set(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03', '10-04', '10-05', '10-06', '10-07'])
const MOVABLE = new Set([
  '2026-02-16',
  '2026-02-17',
  '2026-02-18',
  '2026-02-19', // Spring Festival, from its eve
  '2026-04-05',
  '2026-06-19',
  '2026-09-25', // Qingming, Dragon Boat, Mid-Autumn
  '2027-02-05',
  '2027-02-06',
  '2027-02-07',
  '2027-02-08',
  '2027-04-05',
  '2027-06-09',
  '2027-09-15',
])

/** The instant a local day begins, in milliseconds since 1970. */
export function midnightOf(day: Day): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(day)) {
    throw new RangeError(`not a date: ${day}`)
  }
  return utc - OFFSET
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
  if (FIXED.has(day.slice(5)) || MOVABLE.has(day)) return 'holiday'
  const weekday = new Date(midnightOf(day) + OFFSET).getUTCDay()
  return weekday === 0 || weekday === 6 ? 'weekend' : 'workday'
}

/** An instant as the tills write it, "2026-11-01T10:15:30.123+08:00": one offset, so the text sorts as the time. */
export function timestamp(at: number): string {
  return `${new Date(at + OFFSET).toISOString().slice(0, 23)}+08:00`
}
