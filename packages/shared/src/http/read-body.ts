/** Reads a request's body up to a limit, unpacked where it is packed. Keeps nothing past the limit. */

import { pipeline, Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import { Problem } from './problem.ts'

type Body = NonNullable<Request['body']>

export async function readBody(request: Request, limit: number): Promise<Buffer> {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Problem(415, 'Content-Encoding must be gzip, or left out.', { headers: { 'accept-encoding': 'gzip' } })
  }
  if (request.body === null) return Buffer.alloc(0)
  const packed = encoding === 'gzip'
  const stream = packed ? unpacked(request.body) : request.body.values({ preventCancel: true })
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      length += chunk.length
      if (length > limit)
        throw new Problem(413, `The body may have at most ${limit} bytes${packed ? ' unpacked' : ''}.`)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof Problem) {
      if (!packed) void drop(request.body)
      throw error
    }
    throw new Problem(400, packed ? 'The body is not valid gzip.' : 'The body ended before it was complete.')
  }
  return Buffer.concat(chunks, length)
}

/** By zlib, because DecompressionStream refuses what RFC 1952 allows: more than one member. */
function unpacked(body: Body): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip()
  // Errors of either reach the reader through `gunzip`; leaving off early ends both.
  pipeline(Readable.fromWeb(body as ReadableStream), gunzip, () => {})
  return gunzip as AsyncIterable<Uint8Array>
}

/**
 * Many senders read the answer only when they have sent everything, so the rest is taken off the wire and dropped. The server
 * ends the connection where it is too much or takes too long.
 */
async function drop(body: Body): Promise<void> {
  try {
    for await (const _chunk of body);
  } catch {
    // The sender has gone.
  }
}
