/** What answers when a page of a provider asks for its figures: the frame that all pages share, around what this one shows. */

import type { RequestHandler } from '@sveltejs/kit'
import { failure, notFound } from '@tillsight/shared/http/problem.ts'
import { freshness, type FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { defaultTimeZone, hasEvents } from '@tillsight/shared/registry/merchants.ts'
import { getProvider } from '@tillsight/shared/registry/providers.ts'
import { merchantsOf, type MerchantScope, type ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores, type Stores } from '@tillsight/shared/stores.ts'
import type { Dated, Frame } from '#lib/frame.ts'
import { askedPeriod, figuresAnswer, framed, type Period, type ShownFrom } from '#server/frame.ts'
import { providerIn } from '#server/provider.ts'
import { emptyFor } from '#server/soon.ts'

interface Asked extends Pick<Stores, 'events' | 'registry'>, Pick<Period, 'previous'> {
  provider: ProviderScope
  /** All of the provider's; at least one where `hasEvents`. */
  merchants: MerchantScope[]
  /** Of any of them. */
  hasEvents: boolean
  /** Of the days asked for, as figures of `packages/shared/src/metrics` take them. */
  parameters: FigureParameters
  query: URLSearchParams
}

type FiguresOf<Figures extends Dated> = (asked: Asked) => Promise<Figures>

/**
 * The handler of a page's `/figures`.
 * @param figuresOf only what the page shows: each figure is a question to the store.
 */
export const providerAnswersWith =
  <Figures extends Dated>(
    figuresOf: FiguresOf<Figures>,
    shownFrom: ShownFrom = 'the first event',
  ): RequestHandler<{ providerId: string }> =>
  (event) =>
    figuresAnswer(
      event,
      async () => {
        const provider = await providerIn(event)
        const query = event.url.searchParams
        const figures = async (period: Period, began: boolean) =>
          figuresOf(await questionOf(provider, query, period, began))
        return providerFrame(provider, query, figures, shownFrom)
      },
      emptyFor.providerMs,
    )

/** The frame of one of the provider's pages. */
export async function providerFrame<Figures extends Dated>(
  provider: ProviderScope,
  query: URLSearchParams,
  figures: (period: Period, began: boolean) => Promise<Figures>,
  shownFrom: ShownFrom,
): Promise<Frame<Figures>> {
  const { registry } = providedStores()
  const { providerId: id } = provider
  const [record, began] = await Promise.all([getProvider(registry, id), hasEvents(registry, provider)])
  const subject = { id, name: record?.name ?? id, timeZone: defaultTimeZone, mark: null, hasEvents: began }
  const isShown = began || shownFrom === 'the start'
  return framed(subject, query, isShown ? (period) => figures(period, began) : null)
}

async function questionOf(
  provider: ProviderScope,
  query: URLSearchParams,
  period: Period,
  began: boolean,
): Promise<Asked> {
  const { events, registry } = providedStores()
  const [merchants, ownCodes] = await Promise.all([merchantsOf(registry, provider), ownCodesOf(registry, [provider])])
  const { range, previous, now } = period
  const parameters = { range, ownCodes, now, mayLag: freshness.many }
  return { events, registry, provider, merchants, hasEvents: began, previous, query, parameters }
}

/** The handler of a file with figures. Where the days make no range, or there is no event yet, 404. */
export const providerFile =
  (fileOf: (asked: Asked) => Promise<Response>): RequestHandler<{ providerId: string }> =>
  async (event) => {
    try {
      const provider = await providerIn(event)
      const query = event.url.searchParams
      const { period } = askedPeriod(query, defaultTimeZone)
      if (period === null || !(await hasEvents(providedStores().registry, provider))) throw notFound()
      return await fileOf(await questionOf(provider, query, period, true))
    } catch (error) {
      return failure(error)
    }
  }
