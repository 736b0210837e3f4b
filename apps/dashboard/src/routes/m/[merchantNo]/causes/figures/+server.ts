import { lostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import type { Declared } from '#charts/causes/declared.ts'
import { causesOf, type Causes } from '#charts/causes/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { declaredFor } from '#server/declare.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface CausesFigures extends Dated {
  causes: Causes
  declared: Declared
}

export const GET: RequestHandler = answersWith<CausesFigures>(
  async ({ events, registry, merchant, principal, parameters }) => {
    const [found, declared] = await Promise.all([
      lostSales(events, merchant, { ...parameters, interval: 'month' }),
      declaredFor({ events, registry }, merchant, principal),
    ])
    return { asOf: found.asOf, causes: causesOf(found), declared }
  },
)
