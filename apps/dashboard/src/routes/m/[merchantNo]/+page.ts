import { error, redirect } from '@sveltejs/kit'
import type { MerchantFigures } from '#lib/merchant-figures.ts'
import type { PageLoad } from './$types'

/**
 * Asked through an address of its own and not by a server load: where the server can't be reached, a page that is already
 * open keeps its figures and says how old they are, instead of being replaced by an error.
 */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const answer = await askedFor(fetch, `/m/${params.merchantNo}/figures${url.search}`)
  if (answer?.status === 401) redirect(303, `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`)
  if (answer?.status === 404) error(404)
  if (answer?.ok !== true) return { page: null }
  return { page: (await answer.json()) as MerchantFigures }
}

async function askedFor(fetch: typeof globalThis.fetch, address: string): Promise<Response | undefined> {
  try {
    return await fetch(address)
  } catch {
    return undefined
  }
}
