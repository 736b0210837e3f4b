/** The loss of a range beside that of the period before. Days not yet settled are never compared: a loss can still turn. */

import type { Filters } from '@tillsight/shared/metrics/breakdown.ts'
import type { Reason } from '@tillsight/shared/events/reasons.ts'
import { firstEvent } from '@tillsight/shared/metrics/first-event.ts'
import { spanOf, type DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { lostSales, lostSalesOf, type LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { Temporal } from 'temporal-polyfill'
import { enough, lostCheckouts } from '#lib/answers.ts'
import type { ComparedLoss, Comparison } from '#lib/comparison.ts'
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

type Question = Pick<Asked, 'events' | 'merchant' | 'parameters' | 'previous'>

type Sales = Pick<LostSales, 'series' | 'totals'>

export interface WithBefore {
  found: LostSales
  comparison: Comparison
  /** Of the days before that are compared; empty where none are. */
  before: LostSales['series']
}

/** Lost sales of the range by cause, and what the loss by each is compared with; undefined where nothing is. */
export async function causesCompared(
  asked: Question,
): Promise<{ found: LostSales; comparison: Comparison; byReason: ReadonlyMap<Reason, ComparedLoss> | undefined }> {
  // Weeks can't be cut, so the settled days are read by themselves, and with them their causes.
  const { found, comparison, settled, earlier } = await compared(asked, 'week', {})
  if (settled === undefined || earlier === undefined) return { found, comparison, byReason: undefined }
  const byReason = new Map<Reason, ComparedLoss>()
  for (const { reason, netLost } of settled.reasons)
    if (netLost !== null) byReason.set(reason, { lost: netLost.amount, lostBefore: 0 })
  for (const { reason, netLost } of earlier.reasons)
    if (netLost !== null) byReason.set(reason, { lost: byReason.get(reason)?.lost ?? 0, lostBefore: netLost.amount })
  return { found, comparison, byReason }
}

/** Lost sales of the range, and what they are compared with. @param filters of which checkouts; default: of all. */
export async function lostSalesCompared(
  asked: Question,
  interval: 'hour' | 'day' | 'week',
  filters: Filters = {},
): Promise<WithBefore> {
  const { found, comparison, earlier } = await compared(asked, interval, filters)
  return { found, comparison, before: earlier?.series ?? [] }
}

interface ComparedSales {
  found: LostSales
  comparison: Comparison
  /** Of the settled days, where they had to be read by themselves or are the whole range. */
  settled?: LostSales
  /** Of the days before. Neither where nothing is compared. */
  earlier?: LostSales
}

async function compared(
  { events, merchant, parameters, previous }: Question,
  interval: 'hour' | 'day' | 'week',
  filters: Filters,
): Promise<ComparedSales> {
  const { range, now } = parameters
  const { timeZone } = merchant
  const parametersOf = { ...parameters, interval, filters }
  const part = previous === null ? undefined : settledPart(range, previous, now, timeZone)
  if (part === undefined) {
    const found = await lostSales(events, merchant, parametersOf)
    return { found, comparison: previous === null ? null : 'unsettled' }
  }
  const { days, before } = part
  const [[earlier, found], settledAlone, first] = await Promise.all([
    lostSalesOf(events, merchant, [before, range], parametersOf),
    // A week at the edge can't be cut, as days and hours can be left out.
    days.to === range.to || interval !== 'week' ? null : lostSales(events, merchant, { ...parametersOf, range: days }),
    firstEvent(events, merchant),
  ])
  if (first === undefined || first >= spanOf({ from: before.from, to: before.from }, timeZone).to) {
    return { found, comparison: 'tooNew' }
  }
  const settled = days.to === range.to ? found : settledAlone
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
    ...(settled === null ? {} : { settled }),
    earlier,
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
  const series = found.series.filter(({ start }) => start.slice(0, 10) <= days.to)
  return {
    lost: series.reduce((sum, { netLost }) => sum + netLost.amount, 0),
    checkouts: series.reduce((sum, figures) => sum + lostCheckouts(figures), 0),
  }
}
