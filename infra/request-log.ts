/** Gives every request an id, in its answer and in the log, and logs those that were not answered as asked. */

import { log } from '@tillsight/shared/log.ts'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What may stand in a header and a line of log as it is. */
const wellFormed = /^[\x21-\x7e]{1,128}$/

export function identify(request: IncomingMessage, response: ServerResponse): string {
  const sent = request.headers['x-request-id']
  const requestId = typeof sent === 'string' && wellFormed.test(sent) ? sent : randomUUID()
  request.headers['x-request-id'] = requestId
  response.setHeader('x-request-id', requestId)
  return requestId
}

interface Asked {
  requestId: string
  method: string | undefined
  /** Without the query, which may say more than a log should know. */
  path: string
  /** By a page, or for one: it is not the API, nor a till. */
  ofPages: boolean
  /** As of `performance.now()`. */
  since: number
}

/** To be called when the answer is closed. */
export function logUnlessAnswered(
  { since, ofPages, ...asked }: Asked,
  { writableFinished, statusCode: status }: Pick<ServerResponse, 'writableFinished' | 'statusCode'>,
): void {
  if (writableFinished && status < 400) return
  // Whoever closes a page, or goes on to the next, no longer waits for this one; a page that listens for changes ends in no other way.
  if (!writableFinished && ofPages && (asked.method === 'GET' || asked.method === 'HEAD')) return
  const line = { ...asked, status, ms: Math.round(performance.now() - since) }
  if (!writableFinished) log.info(line, 'the caller hung up before the answer')
  else if (status >= 500) log.warn(line, 'not answered')
  else log.info(line, 'refused')
}
