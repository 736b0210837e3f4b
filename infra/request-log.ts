/** Gives every request an id, in its answer and in the log, and logs those that were not answered as asked. */

import { log } from '@tillsight/shared/log.ts'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What may stand in a header and a line of log as it is. */
const wellFormed = /^[\x21-\x7e]{1,128}$/

/** @param path without the query, which may say more than a log should know. */
export function identify(request: IncomingMessage, response: ServerResponse, path: string): void {
  const sent = request.headers['x-request-id']
  const requestId = typeof sent === 'string' && wellFormed.test(sent) ? sent : randomUUID()
  request.headers['x-request-id'] = requestId
  response.setHeader('x-request-id', requestId)
  const started = performance.now()
  response.once('close', () => {
    const { statusCode: status } = response
    if (response.writableFinished && status < 400) return
    const ms = Math.round(performance.now() - started)
    const line = { requestId, method: request.method, path, status, ms }
    if (!response.writableFinished) log.info(line, 'the caller hung up before the answer')
    else if (status >= 500) log.warn(line, 'not answered')
    else log.info(line, 'refused')
  })
}
