/** The loss of a range beside that of the period before. Days not yet settled are never compared: a loss can still turn. */

import type { Filters } from '@tillsight/shared/metrics/breakdown.ts'
import { firstEvent } from '@tillsight/shared/metrics/first-event.ts'
import { spanOf, type DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { lostSales, lostSalesOf, type LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { Temporal } from 'temporal-polyfill'
import { enough, lostCheckouts } from '#lib/answers.ts'
import type { Comparison } from '#lib/comparison.ts'
import type { Asked } from '#server/figures.ts'
import { localDay } from '#server/presets.ts'

const dayMs = 24 * 3_600_000

/** The settled days of the range and the same days of the period before; undefined where none is settled. */
export function settledPart(
  range: DateRange,
  previous: DateRange,
  now: number,
  timeZone: string,
): { days: DateRange; before: DateRange } | undefined {
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

type Sales = Pick<LostSales, 'series' | 'totals'>

export interface WithBefore {
  found: LostSales
  comparison: Comparison
  /** Of the days before that are compared; empty where none are. */
  before: LostSales['series']
}

/** Lost sales of the range, and what they are compared with. @param filters of which checkouts; default: of all. */
export async function lostSalesCompared(
  { events, merchant, parameters, previous }: Pick<Asked, 'events' | 'merchant' | 'parameters' | 'previous'>,
  interval: 'hour' | 'day' | 'week',
  filters: Filters = {},
): Promise<WithBefore> {
  const { range, now } = parameters
  const { timeZone } = merchant
  const parametersOf = { ...parameters, interval, filters }
  const part = previous === null ? undefined : settledPart(range, previous, now, timeZone)
  if (part === undefined) {
    const found = await lostSales(events, merchant, parametersOf)
    return { found, comparison: previous === null ? null : 'unsettled', before: [] }
  }
  const { days, before } = part
  const [[earlier, found], settled, first] = await Promise.all([
    lostSalesOf(events, merchant, [before, range], parametersOf),
    // A week at the edge can't be cut, as days and hours can be left out.
    days.to === range.to || interval !== 'week' ? null : lostSales(events, merchant, { ...parametersOf, range: days }),
    firstEvent(events, merchant),
  ])
  if (first === undefined || first >= spanOf({ from: before.from, to: before.from }, timeZone).to) {
    return { found, comparison: 'tooNew', before: [] }
  }
  const current = settled === null ? settledOf(found, days) : totalsOf(settled)
  const then = totalsOf(earlier)
  return {
    found,
    comparison: {
      days,
      before,
      lost: current.lost,
      lostBefore: then.lost,
      few: Math.max(current.checkouts, then.checkouts) < enough,
    },
    before: earlier.series,
  }
}

interface Sums {
  lost: number
  /** That something was lost with. */
  checkouts: number
}

const totalsOf = ({ totals }: Sales): Sums => ({ lost: totals.netLost.amount, checkouts: lostCheckouts(totals) })

/** Of a range's days or hours, those up to the last settled day. */
function settledOf(found: LostSales, days: DateRange): Sums {
  if (days.to === found.to) return totalsOf(found)
  const series = found.series.filter(({ start }) => start.slice(0, 10) <= days.to)
  return {
    lost: series.reduce((sum, { netLost }) => sum + netLost.amount, 0),
    checkouts: series.reduce((sum, figures) => sum + lostCheckouts(figures), 0),
  }
}
