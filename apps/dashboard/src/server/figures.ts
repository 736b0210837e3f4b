/** What answers when a page of a merchant asks for its figures: the frame that all pages share, around what this one shows. */

import type { RequestHandler } from '@sveltejs/kit'
import { noKey } from '@tillsight/shared/http/bearer.ts'
import { failure } from '@tillsight/shared/http/problem.ts'
import type { FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { newestCommits } from '@tillsight/shared/metrics/newest-commit.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { getMerchant } from '@tillsight/shared/registry/merchants.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores, type Stores } from '@tillsight/shared/stores.ts'
import type { Dated, Frame, PresetName } from '#lib/frame.ts'
import { merchantIn } from '#server/merchant.ts'
import { askedRange, localDay, periodBefore, presetsOn } from '#server/presets.ts'

export interface Asked extends Pick<Stores, 'events' | 'registry'> {
  merchant: MerchantScope
  /** Who looks. */
  principal: Principal
  /** Of the days asked for, as figures of `packages/shared/src/metrics` take them. */
  parameters: FigureParameters
  /** Null where nothing is to be compared. */
  previous: DateRange | null
  query: URLSearchParams
}

type FiguresOf<Figures extends Dated> = (asked: Asked) => Promise<Figures>

/**
 * The handler of a page's `/figures`.
 * @param figuresOf only what the page shows: each figure is a question to the store.
 * @param byDefault the days of an address that names none.
 */
export const answersWith =
  <Figures extends Dated>(
    figuresOf: FiguresOf<Figures>,
    byDefault?: PresetName,
  ): RequestHandler<{ merchantNo: string }> =>
  async (event) => {
    try {
      const { principal } = event.locals
      if (principal === undefined) throw noKey()
      const merchant = await merchantIn(event)
      return Response.json(await framed({ merchant, principal, query: event.url.searchParams }, figuresOf, byDefault))
    } catch (error) {
      // Whoever asks here wants no page, whatever they accept.
      return failure(error)
    }
  }

async function framed<Figures extends Dated>(
  { merchant, principal, query }: Pick<Asked, 'merchant' | 'principal' | 'query'>,
  figuresOf: FiguresOf<Figures>,
  byDefault?: PresetName,
): Promise<Frame<Figures>> {
  const { events, registry } = providedStores()
  const now = Date.now()
  const today = localDay(now, merchant.timeZone)
  const asked = askedRange(query, today, byDefault)
  const range = { from: asked.from, to: asked.to }
  const previous = asked.problem !== null || query.get('compare') === 'none' ? null : periodBefore(range)
  // Before the figures, which hold all that is committed by then: what is committed in between makes the mark old, and the
  // page asks again.
  const mark = (await newestCommits(events, [merchant])).get(merchant.merchantNo) ?? null
  const [record, ownCodes] = await Promise.all([
    getMerchant(registry, merchant.merchantNo),
    ownCodesOf(registry, [merchant]),
  ])
  return {
    merchantNo: merchant.merchantNo,
    name: record?.name ?? merchant.merchantNo,
    timeZone: merchant.timeZone,
    today,
    presets: presetsOn(today, byDefault),
    asked,
    previous,
    mark,
    figures:
      asked.problem === null && mark !== null
        ? await figuresOf({
            events,
            registry,
            merchant,
            principal,
            previous,
            query,
            parameters: { range, ownCodes, now, mayLag: 0 },
          })
        : null,
  }
}
