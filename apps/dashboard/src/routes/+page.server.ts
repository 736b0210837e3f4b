import { redirect } from '@sveltejs/kit'
import { listed } from '#server/listed.ts'
import type { PageServerLoad } from './$types'

/** The operator's way to everybody's pages; others have pages of their own. */
export const load: PageServerLoad = async ({ locals, url }) => {
  const { principal } = locals
  if (principal?.role === 'merchant') redirect(303, `/m/${principal.merchantNo}`)
  if (principal?.role === 'provider') redirect(303, `/p/${principal.providerId}`)
  const search = (url.searchParams.get('q') ?? '').trim().slice(0, 100)
  return { search, ...(await listed(principal, search)) }
}
