/** Reads a request's body up to a limit, unpacked where it is packed. Keeps nothing past the limit. */

import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { createGunzip } from 'node:zlib'
import { headerOf, incomingOf, type Posted } from './posted.ts'
import { Problem } from './problem.ts'

/** Where the bytes of a body go that is being read. */
export interface Room {
  /** Told of the bytes as they come, unpacked. Stops the reading by throwing. */
  take: (bytes: number) => void
  /** There while the body is arriving: ends the reading, for that reason. */
  stop?: ((reason: Error) => void) | undefined
}

interface Limits {
  /** The most bytes it may have, unpacked. */
  limit: number
  room: Room | undefined
}

/** What gzip may add to what can't be made smaller. A packed body that goes on without ever giving anything ends there too. */
const packedSlack = 64 * 1024

export async function readBody(posted: Posted, limit: number, room?: Room): Promise<Buffer> {
  const encoding = (headerOf(posted, 'content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Problem(415, 'Content-Encoding must be gzip, or left out.', { headers: { 'accept-encoding': 'gzip' } })
  }
  const source: Readable = incomingOf(posted) ?? streamOf(posted.req.raw)
  const limits = { limit, room }
  try {
    // Whoever sent it may have gone while the key was looked up: such a stream never says anything more.
    if (source.destroyed) throw new Error('closed before it was read')
    return await (encoding === 'gzip' ? unpack(source, limits) : collect(source, limits))
  } catch (error) {
    // Many senders read the answer only when they have sent everything, so the rest is taken off the wire and dropped. The
    // server ends the connection where it is too much or takes too long.
    source.resume()
    if (error instanceof Problem) throw error
    throw new Problem(
      400,
      encoding === 'gzip' ? 'The body is not valid gzip.' : 'The body ended before it was complete.',
    )
  }
}

const streamOf = ({ body }: Request): Readable =>
  body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream)

const tooLarge = (limit: number, packed: boolean): Problem =>
  new Problem(413, `The body may have at most ${limit} bytes${packed ? ' unpacked' : ''}.`)

/** By events, because an iteration costs several promises for each chunk, and most bodies are one chunk. */
function collect(source: Readable, { limit, room }: Limits, packed = false): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (settled: () => void) => {
      source.off('data', onData).off('end', onEnd).off('close', onClose)
      if (room !== undefined) room.stop = undefined
      settled()
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      try {
        if (length > limit) throw tooLarge(limit, packed)
        room?.take(chunk.length)
        chunks.push(chunk)
      } catch (thrown) {
        const error = thrown as Error
        settle(() => reject(error))
      }
    }
    const onEnd = () => {
      const [first] = chunks
      settle(() => resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length)))
    }
    const onClose = () => settle(() => reject(new Error('closed before its end')))
    if (room !== undefined) room.stop = (reason) => settle(() => reject(reason))
    source.on('data', onData).on('end', onEnd).on('close', onClose)
    // Stays: a stream that fails after it was settled must not bring the process down.
    source.on('error', (error) => settle(() => reject(error)))
  })
}

/** By zlib, because DecompressionStream refuses what RFC 1952 allows: more than one member. */
async function unpack(source: Readable, limits: Limits): Promise<Buffer> {
  const gunzip = createGunzip()
  let packed = 0
  source.on('data', (chunk: Buffer) => {
    packed += chunk.length
    if (packed > limits.limit + packedSlack) gunzip.destroy(tooLarge(limits.limit, true))
  })
  source.on('error', (error) => gunzip.destroy(error))
  source.on('close', () => {
    if (!source.readableEnded) gunzip.destroy(new Error('closed before its end'))
  })
  source.pipe(gunzip)
  try {
    return await collect(gunzip, limits, true)
  } finally {
    source.unpipe(gunzip)
    gunzip.destroy()
  }
}
