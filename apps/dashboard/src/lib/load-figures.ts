/** How a page gets its figures: from the address of its own with `/figures` behind it. */

import { error, redirect, type LoadEvent } from '@sveltejs/kit'
import type { Dated, Frame, Shown } from '#lib/frame.ts'

/** In the browser, of the page that was shown last. */
let kept: { address: string; frame: Frame } | undefined

/**
 * Asked through an address of its own and not by a server load: where the server can't be reached, a page that is already
 * open keeps its figures and says how old they are, instead of being replaced by an error.
 *
 * @returns `shown` is null where there are no figures and none were kept.
 */
export async function loadFigures<Figures extends Dated>({
  fetch,
  url,
}: Pick<LoadEvent, 'fetch' | 'url'>): Promise<{ shown: Shown<Figures> | null }> {
  const address = url.pathname + url.search
  const answer = await askedFor(fetch, `${url.pathname}/figures${url.search}`)
  if (answer?.status === 401) redirect(303, `/sign-in?to=${encodeURIComponent(address)}`)
  if (answer?.status === 404) error(404)
  if (answer?.ok !== true) {
    return { shown: kept?.address === address ? { ...(kept.frame as Frame<Figures>), stale: true } : null }
  }
  const frame = (await answer.json()) as Frame<Figures>
  // On the server a module is shared by everybody who asks.
  if (!import.meta.env.SSR) kept = { address, frame }
  return { shown: { ...frame, stale: false } }
}

async function askedFor(fetch: LoadEvent['fetch'], address: string): Promise<Response | undefined> {
  try {
    return await fetch(address)
  } catch {
    return undefined
  }
}
