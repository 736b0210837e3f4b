/** What became of refused money by the hour on the merchant's clock, all days of the range together. */

import type { BreakdownGroup } from '@tillsight/shared/metrics/breakdown.ts'
import { fatesOf, type DailyRow } from '#charts/daily-outcomes/rows.ts'

/** All 24 hours, `00` to `23`. @param groups by `hourOfWeek`, such as `mon 13`. */
export function hourRows(groups: readonly BreakdownGroup[]): DailyRow[] {
  return Array.from({ length: 24 }, (_, hour): DailyRow => {
    const start = String(hour).padStart(2, '0')
    const row: DailyRow = {
      start,
      settled: true,
      checkouts: 0,
      fates: { lost: 0, unknown: 0, open: 0, deferred: 0, recovered: 0 },
      before: null,
    }
    for (const figures of groups) {
      if (!figures.group.endsWith(` ${start}`)) continue
      row.checkouts += figures.unsupported.checkouts
      const more = fatesOf(figures)
      for (const fate of Object.keys(more) as (keyof typeof more)[]) row.fates[fate] += more[fate]
    }
    return row
  })
}
