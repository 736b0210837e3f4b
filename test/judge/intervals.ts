// The intervals of a `series` (contract section 7).

import { addDays, formatLocal, quarterHours, startOfDay, wallClock } from './local-time.ts'

export type IntervalName = 'day' | 'hour' | 'week' | 'month'

/**
 * `begin` to `end` (exclusive), UTC milliseconds, is what it holds: "a week or month at the edge holds
 * only the days in the range". `settledAt` is when it settles.
 */
export type Interval = { start: string; begin: number; end: number; settledAt: number }

const hours24 = 24 * 60 * 60_000

function datesOf(from: string, to: string): string[] {
  const dates: string[] = []
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date)
  return dates
}

/** "its Monday" */
function mondayOf(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return addDays(date, weekday === 0 ? -6 : 1 - weekday)
}

/** "its first" */
function firstOf(date: string): string {
  return `${date.slice(0, 7)}-01`
}

/** The day after the last one of the whole interval, in the range or not. */
function dayAfter(start: string, interval: Exclude<IntervalName, 'hour'>): string {
  if (interval === 'day') return addDays(start, 1)
  if (interval === 'week') return addDays(start, 7)
  return firstOf(addDays(start, 31))
}

/** "every interval of the range, zeros included" */
export function intervalsOf(from: string, to: string, interval: IntervalName, timeZone: string): Interval[] {
  const endOfTo = startOfDay(addDays(to, 1), timeZone)
  // "false until 24 h after the interval's end, or after the end of `to` where that comes first"
  const settledAt = (end: number) => Math.min(end, endOfTo) + hours24

  if (interval === 'hour')
    return hoursOf(from, to, timeZone).map((hour) => ({ ...hour, settledAt: settledAt(hour.end) }))

  const startOf = { day: (date: string) => date, week: mondayOf, month: firstOf }[interval]
  const starts = [...new Set(datesOf(from, to).map(startOf))]
  return starts.map((start) => {
    const wholeEnd = startOfDay(dayAfter(start, interval), timeZone)
    return {
      start,
      begin: startOfDay(start < from ? from : start, timeZone),
      end: Math.min(wholeEnd, endOfTo),
      settledAt: settledAt(wholeEnd),
    }
  })
}

/**
 * A local hour is a run of instants with one date, one hour on the clock and one offset. So the hour
 * that a clock set back shows twice is two hours, and the one it jumps over is none.
 */
function hoursOf(from: string, to: string, timeZone: string): Omit<Interval, 'settledAt'>[] {
  const end = startOfDay(addDays(to, 1), timeZone)
  const clocks = quarterHours(from, to, timeZone).map((instant) => ({
    instant,
    clock: wallClock(instant, timeZone),
  }))
  const begins = clocks.filter(({ clock }, index) => {
    const before = clocks[index - 1]?.clock
    return (
      before === undefined || before.date !== clock.date || before.hour !== clock.hour || before.offset !== clock.offset
    )
  })
  return begins.map(({ instant, clock }, index) => ({
    start: formatLocal(clock),
    begin: instant,
    end: begins[index + 1]?.instant ?? end,
  }))
}
