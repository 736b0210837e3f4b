/** Every request that is not for a file: whose it is, in which language, and that nothing but signing in is open. */

import { redirect } from '@sveltejs/kit'
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks'
import { noKey } from '@tillsight/shared/http/bearer.ts'
import { notFound, problem } from '@tillsight/shared/http/problem.ts'
import { paraglideMiddleware } from '#paraglide/server.js'
import { finished } from '#server/answer.ts'
import { keyIn, visitorWith } from '#server/session.ts'

const openToAll = new Set<string | null>(['/sign-in', '/sign-out', '/language'])

const languageTags = { zh: 'zh-CN', en: 'en' } as const

export const handle: Handle = ({ event, resolve }) =>
  // The middleware is given a request without a body: it would use up the form that the page is about to read.
  paraglideMiddleware(new Request(event.url, { headers: event.request.headers }), async ({ locale }) => {
    const { cookies, request, route, url } = event
    event.locals.principal = await visitorWith(keyIn(cookies))
    if (event.locals.principal === undefined && !openToAll.has(route.id)) {
      const signIn = `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`
      if (event.isDataRequest) redirect(303, signIn)
      const page = request.headers.get('accept')?.includes('text/html') === true
      return finished(
        request,
        page ? new Response(null, { status: 303, headers: { location: signIn } }) : noKey().answer(),
      )
    }
    const response = await resolve(event, {
      transformPageChunk: ({ html }) => html.replace('%language%', languageTags[locale]),
    })
    // An answer from another place, such as a file, may have headers that can't be changed.
    return finished(request, isProblem(response) ? problemOf(response) : new Response(response.body, response))
  })

/** An error that is no page: SvelteKit answers it in forms of its own. */
const isProblem = ({ status, headers }: Response): boolean =>
  status >= 400 && !/^(?:text\/html|application\/problem\+json)/.test(headers.get('content-type') ?? '')

const problemOf = ({ status }: Response): Response =>
  status === 404 ? notFound().answer() : problem(status, 'This can not be answered.')

/** The log learns what happened; the visitor only that something did. */
export const handleError: HandleServerError = ({ kind, error }) => {
  if (kind === 'unknown') console.error(error)
}
