/** Every request that is not for a file: whose it is, in which language, and that nothing but signing in is open. */

import { redirect } from '@sveltejs/kit'
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks'
import { noKey } from '@tillsight/shared/http/bearer.ts'
import { failure, notFound, problem } from '@tillsight/shared/http/problem.ts'
import { paraglideMiddleware } from '#paraglide/server.js'
import { finished } from '#server/answer.ts'
import { keyIn, visitorWith } from '#server/session.ts'

const openToAll = new Set<string | null>([
  '/sign-in',
  '/sign-out',
  '/language',
  '/tap',
  '/tap/set-up',
  '/tap/manifest.webmanifest',
])

/** Forms are small, but for the one that takes a file. */
const largestForm = 512 * 1024
const takesFile = '/p/[providerId]/registry'

const isTooLarge = ({ headers }: Request, route: string | null): boolean =>
  route !== takesFile &&
  (headers.has('content-length')
    ? Number(headers.get('content-length')) > largestForm
    : headers.has('transfer-encoding'))

const languageTags = { zh: 'zh-CN', en: 'en' } as const

export const handle: Handle = ({ event, resolve }) =>
  // The middleware is given a request without a body: it would use up the form that the page is about to read.
  paraglideMiddleware(new Request(event.url, { headers: event.request.headers }), async ({ locale }) => {
    const { cookies, request, route, url } = event
    const wantsPage = request.headers.get('accept')?.includes('text/html') === true
    try {
      event.locals.principal = await visitorWith(keyIn(cookies))
    } catch (error) {
      if (wantsPage) throw error
      return finished(request, failure(error))
    }
    if (event.locals.principal === undefined && !openToAll.has(route.id)) {
      const signIn = `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`
      if (event.isDataRequest) redirect(303, signIn)
      return finished(
        request,
        wantsPage ? new Response(null, { status: 303, headers: { location: signIn } }) : noKey().answer(),
      )
    }
    if (isTooLarge(request, route.id)) {
      return finished(request, problem(413, `A form may have ${largestForm} bytes and must say how many it has.`))
    }
    const response = await resolve(event, {
      transformPageChunk: ({ html }) => html.replace('%language%', languageTags[locale]),
    })
    // An answer from another place, such as a file, may have headers that can't be changed.
    return finished(
      request,
      isForeignError(response) ? problemFor(request, response) : new Response(response.body, response),
    )
  })

/** An error that is no page: SvelteKit answers it in forms of its own. */
const isForeignError = ({ status, headers }: Response): boolean =>
  status >= 400 && !/^(?:text\/html|application\/problem\+json)/.test(headers.get('content-type') ?? '')

function problemFor({ method }: Request, { status, headers }: Response): Response {
  const allow = headers.get('allow')
  if (status === 404) return notFound().answer()
  if (status === 405 && allow !== null) {
    return problem(405, `${method} is not possible here; ${allow} is.`, { headers: { allow } })
  }
  return problem(
    status,
    status < 500 ? 'This can not be answered.' : 'Something went wrong here. The operator has the details.',
  )
}

/** The log learns what happened; the visitor only that something did. */
export const handleError: HandleServerError = ({ kind, error }) => {
  if (kind === 'unknown') console.error(error)
}
