import { redirect } from '@sveltejs/kit'
import { cookieMaxAge, cookieName, isLocale } from '#paraglide/runtime.js'
import { returnPath } from '#server/return-path.ts'
import type { RequestHandler } from './$types'

/** A form rather than a link, so that it works without script and no address changes anything by being opened. */
export const POST: RequestHandler = async ({ cookies, request, url }) => {
  const form = await request.formData()
  const language = form.get('language')
  if (typeof language === 'string' && isLocale(language)) {
    // The browser's script reads it too: it writes in the same language.
    const options = { path: '/', httpOnly: false, sameSite: 'lax', secure: url.protocol === 'https:' } as const
    cookies.set(cookieName, language, { ...options, maxAge: cookieMaxAge })
  }
  redirect(303, returnPath(form.get('to'), url.origin))
}
