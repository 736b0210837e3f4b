/** Problem documents (RFC 9457): the body of every error answer, from ingest and API alike. */

import { isAway } from '../away.ts'
import { log } from '../log.ts'

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Request header fields too large',
  500: 'Internal error',
  503: 'Service unavailable',
}

export interface ProblemOptions {
  /** Further members of the document. */
  members?: Record<string, unknown>
  headers?: Record<string, string>
  /** What happened, for the log. */
  cause?: unknown
}

/** The document alone, for answers that are not made of a `Response`. */
export const problemDocument = (status: number, detail: string, members: Record<string, unknown> = {}): string =>
  JSON.stringify({ type: 'about:blank', title: titles[status] ?? 'Error', status, detail, ...members })

export function problem(status: number, detail: string, { members, headers }: ProblemOptions = {}): Response {
  return new Response(problemDocument(status, detail, members), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

/** Thrown where an answer is decided deep inside a request. `answer()` makes it. */
export class Problem extends Error {
  readonly status: number
  readonly options: ProblemOptions

  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause })
    this.status = status
    this.options = options
  }

  answer(): Response {
    return problem(this.status, this.message, this.options)
  }
}

/** One detail for everything outside the asker's scope, so that nobody learns what exists. */
export const notFound = (): Problem => new Problem(404, 'There is nothing here that this key may see.')

/** What to answer when a request failed for a reason that the caller can't mend. The cause goes to the log, not to the caller. */
export function failure(error: unknown, requestId?: string): Response {
  if (error instanceof Problem) {
    const { status, cause } = error
    if (cause !== undefined) log.warn({ requestId, error: cause }, `answered ${status}`)
    return error.answer()
  }
  const away = isAway(error)
  log[away ? 'warn' : 'error']({ requestId, error }, away ? 'a store does not answer' : 'a request failed')
  if (away) {
    return problem(503, 'A store does not answer now. Try again.', { headers: { 'retry-after': '5' } })
  }
  return problem(500, 'Something went wrong here. The operator has the details.')
}
