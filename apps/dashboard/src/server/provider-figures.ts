/** What answers when a page of a provider asks for its figures: the frame that all pages share, around what this one shows. */

import type { RequestHandler } from '@sveltejs/kit'
import { freshness, type FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { defaultTimeZone, hasEvents } from '@tillsight/shared/registry/merchants.ts'
import { getProvider } from '@tillsight/shared/registry/providers.ts'
import { merchantsOf, type MerchantScope, type ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores, type Stores } from '@tillsight/shared/stores.ts'
import type { Dated, Frame } from '#lib/frame.ts'
import { figuresAnswer, framed, type Period } from '#server/frame.ts'
import { providerIn } from '#server/provider.ts'

interface Asked extends Pick<Stores, 'events' | 'registry'>, Pick<Period, 'previous'> {
  provider: ProviderScope
  /** All of the provider's; at least one. */
  merchants: MerchantScope[]
  /** Of the days asked for, as figures of `packages/shared/src/metrics` take them. */
  parameters: FigureParameters
  query: URLSearchParams
}

type FiguresOf<Figures extends Dated> = (asked: Asked) => Promise<Figures>

/** The handler of a page's `/figures`. @param figuresOf only what the page shows: each figure is a question to the store. */
export const providerAnswersWith =
  <Figures extends Dated>(figuresOf: FiguresOf<Figures>): RequestHandler<{ providerId: string }> =>
  (event) =>
    figuresAnswer(async () => ofProvider(await providerIn(event), event.url.searchParams, figuresOf))

async function ofProvider<Figures extends Dated>(
  provider: ProviderScope,
  query: URLSearchParams,
  figuresOf: FiguresOf<Figures>,
): Promise<Frame<Figures>> {
  const { events, registry } = providedStores()
  const { providerId: id } = provider
  const [record, began] = await Promise.all([getProvider(registry, id), hasEvents(registry, provider)])
  const subject = { id, name: record?.name ?? id, timeZone: defaultTimeZone, mark: null, hasEvents: began }
  return framed(subject, query, async ({ range, previous, now }) => {
    const [merchants, ownCodes] = await Promise.all([merchantsOf(registry, provider), ownCodesOf(registry, [provider])])
    const parameters = { range, ownCodes, now, mayLag: freshness.many }
    return figuresOf({ events, registry, provider, merchants, previous, query, parameters })
  })
}
