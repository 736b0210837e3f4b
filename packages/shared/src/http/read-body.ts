/** Reads a request's body up to a limit, unpacked where it is packed. Stops reading at the limit, not after it. */

import { Problem } from './problem.ts'

export async function readBody(request: Request, limit: number): Promise<Buffer> {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Problem(415, 'Content-Encoding must be gzip, or left out.', { headers: { 'accept-encoding': 'gzip' } })
  }
  if (request.body === null) return Buffer.alloc(0)
  const packed = encoding === 'gzip'
  const stream: ReadableStream<Uint8Array> = packed
    ? request.body.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>)
    : request.body
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      length += chunk.length
      if (length > limit) throw new Problem(413, `The body may have at most ${limit} bytes${packed ? ' unpacked' : ''}.`)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(400, packed ? 'The body is not valid gzip.' : 'The body ended before it was complete.')
  }
  return Buffer.concat(chunks, length)
}
