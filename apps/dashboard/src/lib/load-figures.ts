/** How a page gets its figures: from the address of its own with `/figures` behind it. */

import { error, redirect, type LoadEvent } from '@sveltejs/kit'
import { prefer, type Dated, type Frame, type Shown } from '#lib/frame.ts'

/** In the browser, of the page that was shown last. */
let kept: { address: string; frame: Frame } | undefined
/** In the browser: a page is shown already. */
let opened = false

/**
 * Asked through an address of its own and not by a server load: where the server can't be reached, a page that is already
 * open keeps its figures and says how old they are, instead of being replaced by an error.
 *
 * @param options `canWait`: an empty page meanwhile would forget what it has to say.
 * @returns `shown` is null where there are no figures and none were kept. `waits`: they are still made.
 */
export async function loadFigures<Figures extends Dated>(
  { fetch, url }: Pick<LoadEvent, 'fetch' | 'url'>,
  { canWait }: { canWait: boolean } = { canWait: opened },
): Promise<{ shown: Shown<Figures> | null; waits: boolean }> {
  const address = url.pathname + url.search
  // A browser's first question is the server's once more: it finds the answer in the page.
  const answer = await askedFor(
    fetch,
    `${url.pathname}/figures${url.search}`,
    canWait ? {} : { headers: { prefer: prefer.impatient } },
  )
  if (!import.meta.env.SSR) opened = true
  if (answer?.status === 401) redirect(303, `/sign-in?to=${encodeURIComponent(address)}`)
  if (answer?.status === 404) error(404)
  if (answer?.ok !== true) {
    const shown = kept?.address === address ? { ...(kept.frame as Frame<Figures>), stale: true } : null
    return { shown, waits: false }
  }
  if (answer.status === 202) {
    // Read, or it would not be in the page.
    await answer.json()
    return { shown: null, waits: true }
  }
  const frame = (await answer.json()) as Frame<Figures>
  // On the server a module is shared by everybody who asks.
  if (!import.meta.env.SSR) kept = { address, frame }
  return { shown: { ...frame, stale: false }, waits: false }
}

async function askedFor(fetch: LoadEvent['fetch'], address: string, how: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(address, how)
  } catch {
    return undefined
  }
}
