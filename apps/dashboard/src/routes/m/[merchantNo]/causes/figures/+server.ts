import { lostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { causesOf, type Causes } from '#charts/causes/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface CausesFigures extends Dated {
  causes: Causes
}

export const GET: RequestHandler = answersWith<CausesFigures>(async ({ events, merchant, parameters }) => {
  const { asOf, reasons } = await lostSales(events, merchant, { ...parameters, interval: 'month' })
  return { asOf, causes: causesOf(reasons) }
})
