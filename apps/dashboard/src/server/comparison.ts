/** The loss of a range beside that of the period before. */

import type { Filters } from '@tillsight/shared/metrics/breakdown.ts'
import type { Reason } from '@tillsight/shared/events/reasons.ts'
import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { lostSales, lostSalesOf, type LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { enough, lostCheckouts } from '#lib/answers.ts'
import type { ComparedLoss, Comparison } from '#lib/comparison.ts'
import { daysToCompare, isTooNew, type Question } from '#server/compared-days.ts'

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

async function compared(asked: Question, interval: 'hour' | 'day' | 'week', filters: Filters): Promise<ComparedSales> {
  const { events, merchant, parameters } = asked
  const { range } = parameters
  const parametersOf = { ...parameters, interval, filters }
  const toCompare = daysToCompare(asked)
  if (toCompare === null || toCompare === 'unsettled') {
    return { found: await lostSales(events, merchant, parametersOf), comparison: toCompare }
  }
  const { days, before } = toCompare
  const [[earlier, found], settledAlone, tooNew] = await Promise.all([
    lostSalesOf(events, merchant, [before, range], parametersOf),
    // A week at the edge can't be cut, as days and hours can be left out.
    days.to === range.to || interval !== 'week' ? null : lostSales(events, merchant, { ...parametersOf, range: days }),
    isTooNew(asked, before),
  ])
  if (tooNew) return { found, comparison: 'tooNew' }
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
