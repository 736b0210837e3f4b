/** When the shop loses: every hour of the week, with what was refused and lost in it. */

import type { BreakdownGroup } from '@tillsight/shared/metrics/breakdown.ts'
import type { dimensions } from '@tillsight/shared/metrics/segments.ts'

export type Weekday = (typeof dimensions.weekday)[number]
export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export interface HeatRow {
  weekday: Weekday
  /** On the merchant's clock, 0 to 23. */
  hour: number
  /** Refused because the shop can't take Huabei. */
  checkouts: number
  /** N, fen. */
  lost: number
}

/** All 168 hours, weekday by weekday. @param groups by `hourOfWeek`, such as `mon 13`. */
export function heatRows(groups: readonly BreakdownGroup[]): HeatRow[] {
  const found = new Map(groups.map((figures) => [figures.group, figures]))
  return weekdays.flatMap((weekday) =>
    Array.from({ length: 24 }, (_, hour) => {
      const figures = found.get(`${weekday} ${String(hour).padStart(2, '0')}`)
      return {
        weekday,
        hour,
        checkouts: figures?.unsupported.checkouts ?? 0,
        lost: figures?.netLost.amount ?? 0,
      }
    }),
  )
}
