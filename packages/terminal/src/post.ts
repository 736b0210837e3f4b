/** One request to the ingest, whatever comes of it. */

import { promisify } from 'node:util'
import { gzip, constants } from 'node:zlib'
import type { Answer } from './answer.ts'

const compress = promisify(gzip)
/** The least effort takes nine tenths off a batch already. */
const effort = { level: constants.Z_BEST_SPEED }
/** 10,000 refusals fit. */
const longestAnswer = 8 * 1024 * 1024

export interface Ingest {
  url: URL
  key: string
  timeoutMs: number
}

export type Reply = Answer | { failure: 'timeout' | 'network' | 'aborted'; why: string }

const timedOut = new Error('timed out')

/**
 * Posts the texts of events as one batch. Resolves always; a redirect is an answer like any other and not followed with
 * the key.
 * @param request ends it when aborted.
 */
export async function post(texts: readonly string[], ingest: Ingest, request: AbortController): Promise<Reply> {
  const timer = setTimeout(() => request.abort(timedOut), ingest.timeoutMs)
  try {
    const response = await fetch(ingest.url, {
      method: 'POST',
      redirect: 'manual',
      signal: request.signal,
      headers: {
        authorization: `Bearer ${ingest.key}`,
        'content-type': 'application/cloudevents-batch+json',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(await compress(`[${texts.join(',')}]`, effort)),
    })
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      text: await textOf(response),
    }
  } catch (error) {
    if (request.signal.reason === timedOut)
      return { failure: 'timeout', why: `no answer within ${ingest.timeoutMs} ms` }
    if (request.signal.aborted) return { failure: 'aborted', why: 'closed' }
    return { failure: 'network', why: reasonOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** The body, or null where it goes on for longer than any answer does. */
async function textOf({ body }: Response): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    // Leaving the loop ends the connection.
    if (length > longestAnswer) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The system's word for it (`ECONNREFUSED`): messages may hold more than a log should. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'the connection failed'
}
