/** Counts the answers that the client doesn't tell of, because it deals with them: 429 and 503 to posted events. */

import { subscribe } from 'node:diagnostics_channel'

/** What `fetch` publishes when an answer's headers have come (undici's DiagnosticsChannel). */
interface Answered {
  request: { path: string }
  response: { statusCode: number }
}

/** @returns counts by status, which go on changing. */
export function countLaterAnswers(): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as Answered
    const { statusCode } = response
    if (!request.path.endsWith('/v1/events') || (statusCode !== 429 && statusCode !== 503)) return
    counts.set(statusCode, (counts.get(statusCode) ?? 0) + 1)
  })
  return counts
}
