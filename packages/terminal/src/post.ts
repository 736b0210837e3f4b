/** One request to the ingest, whatever comes of it. */

import type { Answer } from './answer.ts'

/** 10,000 refusals fit. */
const longestAnswer = 8 * 1024 * 1024

export interface Ingest {
  url: URL
  key: string
  timeoutMs: number
  /** Where it is left out, batches go as they are. */
  gzip?: (text: string) => Promise<Uint8Array<ArrayBuffer>>
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
  const { url, key, gzip } = ingest
  const batch = `[${texts.join(',')}]`
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: request.signal,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/cloudevents-batch+json',
        ...(gzip === undefined ? {} : { 'content-encoding': 'gzip' }),
      },
      body: gzip === undefined ? batch : await gzip(batch),
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
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    length += read.value.length
    if (length > longestAnswer) {
      await reader?.cancel()
      return null
    }
    text += decoder.decode(read.value, { stream: true })
  }
  return text + decoder.decode()
}

/** The system's word for it (`ECONNREFUSED`): messages may hold more than a log should. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'the connection failed'
}
