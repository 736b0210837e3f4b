import { competitivenessBeside } from '@tillsight/shared/metrics/competitiveness.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { cohortOf } from '@tillsight/shared/registry/scope.ts'
import { standingBefore, standingOf, type Standing, type StandingBefore } from '#charts/competitiveness/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface CompetitivenessFigures extends Dated {
  standing: Standing
  before: StandingBefore
}

/** Only whole weeks that are over are compared: of thirty days often three, of ninety at least eleven. */
const byDefault = 'quarter'

export const GET: RequestHandler = answersWith<CompetitivenessFigures>(
  async ({ events, registry, merchant, parameters, previous }) => {
    const cohort = await cohortOf(registry, merchant)
    const ownCodes = await ownCodesOf(registry, [merchant, ...cohort.peers])
    const asked = { ...parameters, ownCodes }
    const { found, beside } = await competitivenessBeside(events, cohort, asked, previous)
    const standing = standingOf(found)
    return {
      asOf: found.asOf,
      standing,
      before: beside === null ? null : standingBefore(standing, beside),
    }
  },
  { byDefault },
)
