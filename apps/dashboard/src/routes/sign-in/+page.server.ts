import { fail, redirect } from '@sveltejs/kit'
import { returnPath } from '#server/return-path.ts'
import { remember, visitorWith } from '#server/session.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals, url }) => {
  const to = returnPath(url.searchParams.get('to'), url.origin)
  if (locals.principal !== undefined) redirect(303, to)
  return { to }
}

export const actions: Actions = {
  default: async ({ cookies, request, url }) => {
    const form = await request.formData()
    const field = form.get('key')
    const key = typeof field === 'string' ? field.trim() : ''
    if (key === '') return fail(400, { problem: 'missing' as const })
    if ((await visitorWith(key)) === undefined) return fail(400, { problem: 'refused' as const })
    remember(cookies, key, url)
    redirect(303, returnPath(form.get('to'), url.origin))
  },
}
