/** Which days are compared. Those not yet settled never are: a loss can still turn. */

import { firstEvent } from '@tillsight/shared/metrics/first-event.ts'
import { spanOf, type DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { Temporal } from 'temporal-polyfill'
import type { Both, ComparedDays, NotCompared } from '#lib/comparison.ts'
import type { Asked } from '#server/figures.ts'
import { localDay } from '#server/presets.ts'

export type Question = Pick<Asked, 'events' | 'merchant' | 'parameters' | 'previous'>

const dayMs = 24 * 3_600_000

/** The settled days of the range and the same days of the period before; undefined where none is settled. */
export function settledPart(
  range: DateRange,
  previous: DateRange,
  now: number,
  timeZone: string,
): ComparedDays | undefined {
  const running = Temporal.PlainDate.from(localDay(now - dayMs, timeZone))
  const settled = running.subtract({ days: 1 })
  const to = Temporal.PlainDate.compare(settled, range.to) < 0 ? settled : Temporal.PlainDate.from(range.to)
  const length = Temporal.PlainDate.from(range.from).until(to, { largestUnit: 'days' }).days
  if (length < 0) return undefined
  return {
    days: { from: range.from, to: to.toString() },
    before: { from: previous.from, to: Temporal.PlainDate.from(previous.from).add({ days: length }).toString() },
  }
}

/** Whether the shop was heard of by then is for `isTooNew`. */
export function daysToCompare({ merchant, parameters, previous }: Question): ComparedDays | 'unsettled' | null {
  if (previous === null) return null
  return settledPart(parameters.range, previous, parameters.now, merchant.timeZone) ?? 'unsettled'
}

/** The shop was not heard of on the first of the days before. */
export async function isTooNew({ events, merchant }: Question, before: DateRange): Promise<boolean> {
  const first = await firstEvent(events, merchant)
  return first === undefined || first >= spanOf({ from: before.from, to: before.from }, merchant.timeZone).to
}

interface BesideBefore<Figure> {
  found: Figure
  comparison: ComparedDays | NotCompared
  /** Of the days that are compared, and of those before; undefined where none are. */
  both?: Both<Figure>
}

/** @param read asks for the figure of several ranges in one reading. */
export async function besideBefore<Figure>(
  asked: Question,
  read: (ranges: readonly DateRange[]) => Promise<Figure[]>,
): Promise<BesideBefore<Figure>> {
  const { range } = asked.parameters
  const toCompare = daysToCompare(asked)
  const isCompared = toCompare !== null && toCompare !== 'unsettled'
  const [figures, tooNew] = await Promise.all([
    read(isCompared ? [range, toCompare.days, toCompare.before] : [range]),
    isCompared && isTooNew(asked, toCompare.before),
  ])
  const [found, settled, earlier] = figures
  if (found === undefined) throw new Error('no figure of the range')
  if (settled === undefined || earlier === undefined) return { found, comparison: toCompare }
  return tooNew ? { found, comparison: 'tooNew' } : { found, comparison: toCompare, both: { settled, earlier } }
}
