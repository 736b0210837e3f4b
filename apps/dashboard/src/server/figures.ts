/** What answers when a page of a merchant asks for its figures: the frame that all pages share, around what this one shows. */

import type { RequestHandler } from '@sveltejs/kit'
import { noKey } from '@tillsight/shared/http/bearer.ts'
import type { FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import { newestCommits } from '@tillsight/shared/metrics/newest-commit.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { getMerchant } from '@tillsight/shared/registry/merchants.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores, type Stores } from '@tillsight/shared/stores.ts'
import type { Dated, Frame, PresetName } from '#lib/frame.ts'
import { figuresAnswer, framed, type Period, type ShownFrom } from '#server/frame.ts'
import { merchantIn } from '#server/merchant.ts'
import { emptyFor } from '#server/soon.ts'

export interface Asked extends Pick<Stores, 'events' | 'registry'>, Pick<Period, 'previous'> {
  merchant: MerchantScope
  /** Who looks. */
  principal: Principal
  /** Of the days asked for, as figures of `packages/shared/src/metrics` take them. */
  parameters: FigureParameters
  query: URLSearchParams
}

type FiguresOf<Figures extends Dated> = (asked: Asked) => Promise<Figures>

interface Page {
  /** The days of an address that names none. */
  byDefault?: PresetName
  shownFrom?: ShownFrom
}

/**
 * The handler of a page's `/figures`.
 * @param figuresOf only what the page shows: each figure is a question to the store.
 */
export const answersWith =
  <Figures extends Dated>(figuresOf: FiguresOf<Figures>, page: Page = {}): RequestHandler<{ merchantNo: string }> =>
  (event) =>
    figuresAnswer(
      event,
      async () => {
        const { principal } = event.locals
        if (principal === undefined) throw noKey()
        const merchant = await merchantIn(event)
        return ofMerchant({ merchant, principal, query: event.url.searchParams }, figuresOf, page)
      },
      emptyFor.merchantMs,
    )

async function ofMerchant<Figures extends Dated>(
  { merchant, principal, query }: Pick<Asked, 'merchant' | 'principal' | 'query'>,
  figuresOf: FiguresOf<Figures>,
  { byDefault, shownFrom = 'the first event' }: Page,
): Promise<Frame<Figures>> {
  const { events, registry } = providedStores()
  const { merchantNo: id, timeZone } = merchant
  // Before the figures, which hold all that is committed by then: what is committed in between makes the mark old, and the
  // page asks again.
  const [marks, record, ownCodes] = await Promise.all([
    newestCommits(events, [merchant]),
    getMerchant(registry, id),
    ownCodesOf(registry, [merchant]),
  ])
  const mark = marks.get(id) ?? null
  const subject = { id, name: record?.name ?? id, timeZone, mark, hasEvents: mark !== null }
  const figures = ({ range, previous, now }: Period) => {
    const parameters = { range, ownCodes, now, mayLag: 0 }
    return figuresOf({ events, registry, merchant, principal, previous, query, parameters })
  }
  return framed(subject, query, subject.hasEvents || shownFrom === 'the start' ? figures : null, byDefault)
}
