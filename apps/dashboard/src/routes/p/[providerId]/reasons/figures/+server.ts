import type { OwnCodes } from '@tillsight/shared/events/reasons.ts'
import type { Volume } from '@tillsight/shared/metrics/answer.ts'
import { codeUses, type CodeUses } from '@tillsight/shared/metrics/code-use.ts'
import type { LostSalesReason } from '@tillsight/shared/metrics/lost-sales.ts'
import { codeChanges, type CodeChange } from '@tillsight/shared/registry/codes.ts'
import { causesOf, type Causes } from '#charts/causes/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { providerAnswersWith } from '#server/provider-figures.ts'
import { changeIn, codeRows, previewOf, reasonRows, withChange, type CodeRow, type Preview } from '../rows.ts'
import type { RequestHandler } from './$types'

export interface ReasonsFigures extends Dated {
  declined: Volume
  unmapped: Volume
  codes: CodeRow[]
  causes: Causes
  declared: LostSalesReason[]
  /** Of the change that the address asks about. */
  preview: Preview | null
  history: CodeChange[]
}

const changesShown = 50

/** Own codes can be set before any terminal speaks. */
const noUses = (now: number): CodeUses => ({
  asOf: new Date(now).toISOString(),
  uses: [],
  declined: { checkouts: 0, amount: 0 },
  unmapped: { checkouts: 0, amount: 0 },
})

export const GET: RequestHandler = providerAnswersWith<ReasonsFigures>(
  async ({ events, registry, provider, merchants, hasEvents, parameters, query }) => {
    const own: OwnCodes = parameters.ownCodes.get(provider.providerId) ?? new Map()
    const change = changeIn(query)
    const usesOf = async (asked: Parameters<typeof codeUses>[2]): Promise<CodeUses> =>
      hasEvents ? codeUses(events, merchants, asked) : noUses(asked.now)
    const usesWith = (codes: OwnCodes, code: { system: string; value: string }) =>
      usesOf({ ...parameters, ownCodes: new Map([[provider.providerId, codes]]), code })
    const [found, history, before, after] = await Promise.all([
      usesOf(parameters),
      codeChanges(registry, provider, changesShown),
      change === undefined ? undefined : usesWith(own, change),
      change === undefined ? undefined : usesWith(withChange(own, change), change),
    ])
    return {
      asOf: found.asOf,
      declined: found.declined,
      unmapped: found.unmapped,
      codes: codeRows(found.uses, own),
      causes: causesOf({ reasons: reasonRows(found.uses, 'all'), totals: found }),
      declared: reasonRows(found.uses, 'declared'),
      preview:
        change === undefined || before === undefined || after === undefined
          ? null
          : previewOf(change, own, before.uses, after.uses),
      history,
    }
  },
  'the start',
)
