/** Local days, hours, weeks and months as spans of UTC milliseconds. Every figure that speaks of a day asks here. */

import { sql, type RawBuilder } from 'kysely'
import { Temporal } from 'temporal-polyfill'

export const intervalNames = ['day', 'hour', 'week', 'month'] as const
export type IntervalName = (typeof intervalNames)[number]

export interface Interval {
  /** `2026-11-01`, or for an hour `2026-11-01T13:00:00+08:00`. */
  start: string
  /** The first millisecond of it that lies in the range. */
  from: number
  /** The first millisecond after it, or after the range where that ends first. */
  to: number
}

/** A range of local days, both inclusive. */
export interface DateRange {
  from: string
  to: string
}

export const longestRangeDays = 400

/** The range that `from` and `to` name, or what is wrong with it. */
export function dateRange(from: string | undefined, to: string | undefined): DateRange | { problem: string } {
  if (from === undefined || to === undefined) return { problem: 'from and to are required' }
  const first = plainDate(from)
  const last = plainDate(to)
  if (first === undefined || last === undefined) return { problem: 'from and to must be dates such as 2026-11-01' }
  const days = first.until(last, { largestUnit: 'days' }).days + 1
  if (days < 1) return { problem: 'from must not be after to' }
  if (days > longestRangeDays) return { problem: `a range holds at most ${longestRangeDays} days` }
  return { from, to }
}

function plainDate(text: string): Temporal.PlainDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    return undefined
  }
}

/** The local midnight that begins a day; where a clock change skips midnight, the first moment of that day. */
function dayStart(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds
}

/** The range as a span: its first millisecond, and the first one after it. */
export function spanOf(range: DateRange, timeZone: string): { from: number; to: number } {
  return {
    from: dayStart(Temporal.PlainDate.from(range.from), timeZone),
    to: dayStart(Temporal.PlainDate.from(range.to).add({ days: 1 }), timeZone),
  }
}

/** Every interval of the range, in order and without a gap. */
export function intervalsOf(range: DateRange, timeZone: string, name: IntervalName): Interval[] {
  return name === 'hour' ? hoursOf(range, timeZone) : daysOf(range, timeZone, name)
}

function daysOf(range: DateRange, timeZone: string, name: Exclude<IntervalName, 'hour'>): Interval[] {
  const intervals: Interval[] = []
  const last = Temporal.PlainDate.from(range.to)
  for (
    let date = Temporal.PlainDate.from(range.from);
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  ) {
    const start = labelOf(date, name)
    const to = dayStart(date.add({ days: 1 }), timeZone)
    const current = intervals.at(-1)
    if (current?.start === start) current.to = to
    else intervals.push({ start, from: dayStart(date, timeZone), to })
  }
  return intervals
}

function labelOf(date: Temporal.PlainDate, name: Exclude<IntervalName, 'hour'>): string {
  if (name === 'week') return date.subtract({ days: date.dayOfWeek - 1 }).toString()
  if (name === 'month') return date.with({ day: 1 }).toString()
  return date.toString()
}

/** Peers are compared week by week on one calendar, whatever their zones (contract section 7). */
const weeksZone = 'Asia/Shanghai'

/** The weeks, Monday to Sunday, that lie wholly in the range. */
export function wholeWeeks({ from, to }: DateRange): Interval[] {
  const weeks: Interval[] = []
  const first = Temporal.PlainDate.from(from)
  const last = Temporal.PlainDate.from(to)
  let monday = first.add({ days: (8 - first.dayOfWeek) % 7 })
  for (; Temporal.PlainDate.compare(monday.add({ days: 6 }), last) <= 0; monday = monday.add({ days: 7 })) {
    weeks.push({
      start: monday.toString(),
      from: dayStart(monday, weeksZone),
      to: dayStart(monday.add({ days: 7 }), weeksZone),
    })
  }
  return weeks
}

const hourMs = 3_600_000

/** A clock change begins a new interval, so a day has 23 or 25 of them where the clock moves by an hour. */
function hoursOf(range: DateRange, timeZone: string): Interval[] {
  const intervals: Interval[] = []
  for (const { from, to, offset } of constantOffsets(spanOf(range, timeZone), timeZone)) {
    for (let at = from; at < to;) {
      const local = at + offset
      const next = Math.min(to, at + hourMs - (local % hourMs))
      intervals.push({ start: new Date(local).toISOString().slice(0, 19) + offsetText(offset), from: at, to: next })
      at = next
    }
  }
  return intervals
}

/** The stretches of a span in which local time keeps the same distance from UTC, in milliseconds. */
export function constantOffsets(
  span: { from: number; to: number },
  timeZone: string,
): { from: number; to: number; offset: number }[] {
  const stretches: { from: number; to: number; offset: number }[] = []
  for (let from = span.from; from < span.to;) {
    const local = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone)
    const change = local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity
    const stretch = { from, to: Math.min(change, span.to), offset: local.offsetNanoseconds / 1e6 }
    const last = stretches.at(-1)
    if (last?.offset === stretch.offset) last.to = stretch.to
    else stretches.push(stretch)
    from = stretch.to
  }
  return stretches
}

const dayMs = 24 * hourMs

/** Which local day a moment lies in, as days since 1970. The zone is asked once, for moments of the span. */
export function dayNumbers(span: { from: number; to: number }, timeZone: string): (at: number) => number {
  const stretches = constantOffsets(span, timeZone)
  return (at) => {
    const stretch = stretches.findLast(({ from }) => from <= at) ?? stretches[0]
    return Math.floor((at + (stretch?.offset ?? 0)) / dayMs)
  }
}

/** As `dayNumbers`, of a date. */
export const dayNumberOf = (date: string): number => Date.parse(date) / dayMs

/** An expression over `at`: milliseconds since 1970 on the clock of the zone, for moments of the span. */
export function localTime(span: { from: number; to: number }, timeZone: string): RawBuilder<number> {
  const stretches = constantOffsets(span, timeZone)
  const starts = stretches.map(({ from }) => from)
  return sql`at + transform(roundDown(at, ${starts}), ${starts}, ${stretches.map(({ offset }) => offset)}, 0)`
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60_000
  const part = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${part(minutes / 60)}:${part(minutes % 60)}`
}
