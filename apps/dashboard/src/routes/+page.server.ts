import { redirect } from '@sveltejs/kit'
import { merchantsOf } from '#server/merchant-list.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const { principal } = locals
  if (principal?.role === 'merchant') redirect(303, `/m/${principal.merchantNo}`)
  const search = (url.searchParams.get('q') ?? '').trim().slice(0, 100)
  return { search, ...(await merchantsOf(principal, search)) }
}
