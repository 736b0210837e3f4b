import { methods } from '@tillsight/shared/events/event.ts'
import { groupOf, reasons } from '@tillsight/shared/events/reasons.ts'
import { breakdowns, type Filters } from '@tillsight/shared/metrics/breakdown.ts'
import { outcomes } from '@tillsight/shared/metrics/checkouts.ts'
import { dimensionNames, dimensions } from '@tillsight/shared/metrics/segments.ts'
import { listTerminals } from '@tillsight/shared/registry/terminals.ts'
import { breakdownRows, type BreakdownRow } from '#charts/breakdown/rows.ts'
import { dailyRows, type DailyRow, type ShownInterval } from '#charts/daily-outcomes/rows.ts'
import { heatRows, type HeatRow } from '#charts/heat-map/rows.ts'
import { hourRows } from '#charts/hour-of-day/rows.ts'
import { flowRows, type FlowRow } from '#charts/request-flow/rows.ts'
import { filtersIn, type FilterName } from '#lib/filters.ts'
import type { Dated } from '#lib/frame.ts'
import { lostSalesCompared } from '#server/comparison.ts'
import { answersWith, type Asked } from '#server/figures.ts'
import { intervalFor, intervalsFor } from '#server/presets.ts'
import type { RequestHandler } from './$types'

const breakdownsShown = ['terminal', 'reason', 'outcome', 'savedBy', 'hourOfWeek'] as const

export interface LostSalesFigures extends Dated {
  filters: Filters
  /** By filter, the groups to choose from. */
  choices: Record<FilterName, readonly string[]>
  interval: ShownInterval
  /** Those that the range can be shown by. */
  intervals: ShownInterval[]
  daily: DailyRow[]
  hours: DailyRow[]
  heat: HeatRow[]
  flow: FlowRow[]
  byOutcome: BreakdownRow[]
  byReason: BreakdownRow[]
  byTerminal: BreakdownRow[]
  bySavedBy: BreakdownRow[]
}

export const GET: RequestHandler = answersWith<LostSalesFigures>(async (asked) => {
  const { events, merchant, parameters, query } = asked
  const intervals = intervalsFor(parameters.range)
  const interval = intervals.find((each) => each === query.get('interval')) ?? intervalFor(parameters.range)
  const filters = filtersIn(query)
  const [
    { found, before },
    {
      groups: [groups],
    },
    choices,
  ] = await Promise.all([
    lostSalesCompared(asked, interval, filters),
    breakdowns(events, [merchant], [parameters.range], { ...parameters, by: breakdownsShown, filters }),
    choicesOf(asked),
  ])
  return {
    asOf: found.asOf,
    filters,
    choices,
    interval,
    intervals,
    // The weeks of two periods begin on different days of them.
    daily: dailyRows(found.series, interval === 'week' ? [] : before),
    hours: hourRows(groups.hourOfWeek),
    heat: heatRows(groups.hourOfWeek),
    flow: flowRows(found),
    byOutcome: breakdownRows(groups.outcome, 'amount'),
    byReason: breakdownRows(groups.reason, 'lost'),
    byTerminal: breakdownRows(groups.terminal, 'lost'),
    bySavedBy: breakdownRows(groups.savedBy, 'amount'),
  }
})

async function choicesOf({ registry, merchant }: Asked): Promise<LostSalesFigures['choices']> {
  const terminals = await listTerminals(registry, merchant)
  const segments = Object.fromEntries(dimensionNames.map((name) => [name, [...dimensions[name], 'unknown']]))
  return {
    terminal: terminals.map(({ terminalNo }) => `${merchant.merchantNo}:${terminalNo}`),
    reason: reasons.filter((reason) => groupOf(reason) === 'unsupported'),
    outcome: outcomes,
    savedBy: [...methods, 'none'],
    ...(segments as Record<(typeof dimensionNames)[number], string[]>),
  }
}
