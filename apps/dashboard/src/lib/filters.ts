/** What the checkouts of the lost sales page can be narrowed to: in the address by the names that breakdowns have. */

import type { BreakdownName, Filters } from '@tillsight/shared/metrics/breakdown.ts'

export const filterNames = [
  'terminal',
  'reason',
  'outcome',
  'savedBy',
  'ageBand',
  'returning',
  'ticketBand',
  'daypart',
  'weekday',
] as const satisfies readonly BreakdownName[]
export type FilterName = (typeof filterNames)[number]

/** An empty value, as a form sends it, is no filter. */
export function filtersIn(query: { get(name: string): string | null }): Pick<Filters, FilterName> {
  const filters: Pick<Filters, FilterName> = {}
  for (const name of filterNames) {
    const value = query.get(name)
    if (value !== null && value !== '') filters[name] = value
  }
  return filters
}
