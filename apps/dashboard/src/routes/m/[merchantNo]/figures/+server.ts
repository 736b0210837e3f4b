import { lostSales, type LostSalesTotals } from '@tillsight/shared/metrics/lost-sales.ts'
import { dailyRows, type DailyRow, type ShownInterval } from '#charts/daily-outcomes/rows.ts'
import { flowRows, type FlowRow } from '#charts/request-flow/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { answersWith } from '#server/figures.ts'
import { intervalFor } from '#server/presets.ts'
import type { RequestHandler } from './$types'

export interface OverviewFigures extends Dated {
  interval: ShownInterval
  totals: Pick<LostSalesTotals, 'attempted' | 'unsupported' | 'outcomes' | 'netLost' | 'abandonmentRate'>
  daily: DailyRow[]
  flow: FlowRow[]
}

export const GET: RequestHandler = answersWith<OverviewFigures>(async ({ events, merchant, parameters }) => {
  const interval = intervalFor(parameters.range)
  const found = await lostSales(events, merchant, { ...parameters, interval })
  const { attempted, unsupported, outcomes, netLost, abandonmentRate } = found.totals
  return {
    asOf: found.asOf,
    interval,
    totals: { attempted, unsupported, outcomes, netLost, abandonmentRate },
    daily: dailyRows(found.series),
    flow: flowRows(found),
  }
})
