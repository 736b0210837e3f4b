import { competitiveness } from '@tillsight/shared/metrics/competitiveness.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { cohortOf } from '@tillsight/shared/registry/scope.ts'
import { standingOf, type Standing } from '#charts/competitiveness/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface CompetitivenessFigures extends Dated {
  standing: Standing
}

/** Only whole weeks that are over are compared: of thirty days often three, of ninety at least eleven. */
const byDefault = 'quarter'

export const GET: RequestHandler = answersWith<CompetitivenessFigures>(
  async ({ events, registry, merchant, parameters }) => {
    const cohort = await cohortOf(registry, merchant)
    const ownCodes = await ownCodesOf(registry, [merchant, ...cohort.peers])
    const found = await competitiveness(events, cohort, { ...parameters, ownCodes })
    return { asOf: found.asOf, standing: standingOf(found) }
  },
  byDefault,
)
