/** The ranges of local days that a page offers, and the one that its address asks for. */

import { dateRange, type DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { Temporal } from 'temporal-polyfill'
import type { ShownInterval } from '#charts/daily-outcomes/rows.ts'
import type { AskedRange, Preset, PresetName } from '#lib/frame.ts'

const lengths: Record<PresetName, number> = { today: 1, week: 7, month: 30, quarter: 90 }
const usual: PresetName = 'month'

/** The local day that an instant belongs to. */
export const localDay = (now: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate().toString()

const lastDays = (today: string, days: number): DateRange => ({
  from: Temporal.PlainDate.from(today)
    .subtract({ days: days - 1 })
    .toString(),
  to: today,
})

export const presetsOn = (today: string): Preset[] =>
  Object.entries(lengths).map(([name, days]) => ({ name: name as PresetName, ...lastDays(today, days) }))

export const daysAfter = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString()

export const daysBefore = (day: string, days: number): string => daysAfter(day, -days)

export const daysIn = ({ from, to }: DateRange): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days + 1

/** As many days, directly before. */
export const periodBefore = (range: DateRange): DateRange => ({
  from: daysBefore(range.from, daysIn(range)),
  to: daysBefore(range.from, 1),
})

/** What `?from=…&to=…` asks for; the default where it asks for nothing. */
export function askedRange(query: URLSearchParams, today: string, byDefault: PresetName = usual): AskedRange {
  const from = query.get('from')
  const to = query.get('to')
  if (from === null && to === null) return { ...lastDays(today, lengths[byDefault]), problem: null }
  const asked = { from: from ?? '', to: to ?? '' }
  const range = dateRange(asked.from, asked.to)
  if (!('problem' in range)) return { ...range, problem: range.from > today ? 'future' : null }
  if (!isDay(asked.from) || !isDay(asked.to)) {
    return { from: isDay(asked.from) ? asked.from : '', to: isDay(asked.to) ? asked.to : '', problem: 'unreadable' }
  }
  return { ...asked, problem: asked.from > asked.to ? 'reversed' : 'tooLong' }
}

const isDay = (text: string): boolean => !('problem' in dateRange(text, text))

/** Intervals that a range can be shown by: at least two of them, and no more than can be told apart. */
export function intervalsFor(range: DateRange): ShownInterval[] {
  const days = daysIn(range)
  const possible: ShownInterval[] = []
  if (days <= 7) possible.push('hour')
  if (days > 1 && days <= 184) possible.push('day')
  if (days > 7) possible.push('week')
  return possible
}

const dailyUpTo = 92

/** Hours of a single day; weeks where days would be too thin to see. */
export function intervalFor(range: DateRange): ShownInterval {
  const days = daysIn(range)
  if (days === 1) return 'hour'
  return days <= dailyUpTo ? 'day' : 'week'
}
