/**
 * The load: many connections, each of which sends its next request when the last one is answered. Written on sockets, because
 * the generator shares the machine with what it measures: autocannon takes nearly twice the processor time for a request, and a
 * route that only parses then answers a quarter fewer of them.
 */

import { connect, type Socket } from 'node:net'
import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks'
import type { Stamped } from './stamped.ts'

export interface Load {
  url: string
  /** Each connection has requests of its own among them. */
  requests: readonly Stamped[]
  /** See Stamped.next. */
  sender: string
  connections: number
  /** What every answer must say. */
  accepted: number
}

export interface Answered {
  /** All that were, the warm-up's among them. */
  sent: number
  /** Within the span measured. */
  requests: number
  seconds: number
  p50Ms: number
  p99Ms: number
}

/** A span goes on by this much until there are as many answers as connections: fewer say nothing. */
const moreMs = 50

/** @param atEnds called when the measured span begins and when it ends. */
export async function answersTo(load: Load, warmupMs: number, ms: number, atEnds: () => void): Promise<Answered> {
  const { connections, requests } = load
  if (requests.length < connections)
    throw new Error(`${requests.length} requests are too few for ${connections} callers`)
  const span = { measuring: false, stopping: false, sent: 0, requests: 0, answerTimes: createHistogram() }
  const callers = Array.from(
    { length: connections },
    (_, i) =>
      new Caller(
        load,
        requests.filter((_request, n) => n % connections === i),
        span,
      ),
  )
  const ended = Promise.all(callers.map((caller) => caller.ended))
  const during = async (time: number) => {
    await Promise.race([new Promise((resolve) => setTimeout(resolve, time)), ended])
  }
  await Promise.race([Promise.all(callers.map((caller) => caller.connected)), ended])
  for (const caller of callers) caller.send()
  await during(warmupMs)
  span.measuring = true
  atEnds()
  const start = performance.now()
  await during(ms)
  while (span.requests < connections) await during(moreMs)
  const seconds = (performance.now() - start) / 1000
  atEnds()
  span.measuring = false
  span.stopping = true
  await ended
  return {
    sent: span.sent,
    requests: span.requests,
    seconds,
    p50Ms: span.answerTimes.percentile(50) / 1000,
    p99Ms: span.answerTimes.percentile(99) / 1000,
  }
}

interface Span {
  measuring: boolean
  stopping: boolean
  sent: number
  requests: number
  /** In microseconds. */
  answerTimes: RecordableHistogram
}

const okay = Buffer.from('HTTP/1.1 200 ')

class Caller {
  readonly connected: Promise<void>
  /** When it was told to stop and has its answer. Rejects where an answer is not as it should be. */
  readonly ended: Promise<undefined>
  readonly #load: Load
  readonly #requests: readonly Stamped[]
  readonly #span: Span
  readonly #socket: Socket
  readonly #end = Promise.withResolvers<undefined>()
  #next = 0
  #sentAt = 0
  #received: Buffer = Buffer.alloc(0)
  /** The first answer, read with care: the others are like it but for their date. */
  #model: { length: number; body: Buffer } | undefined

  constructor(load: Load, requests: readonly Stamped[], span: Span) {
    this.#load = load
    this.#requests = requests
    this.#span = span
    const { hostname, port } = new URL(load.url)
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.ended = this.#end.promise
    this.connected = new Promise((resolve) => this.#socket.once('connect', resolve))
    this.#socket.on('data', (chunk) => this.#receive(chunk))
    this.#socket.on('error', (error) => this.#end.reject(error))
    this.#socket.on('close', () => this.#end.reject(new Error('the server closed a connection')))
  }

  send(): void {
    const request = this.#requests[this.#next]
    this.#next = (this.#next + 1) % this.#requests.length
    if (request === undefined) throw new Error('there are requests for every caller')
    this.#sentAt = performance.now()
    this.#socket.write(request.next(this.#load.sender))
    this.#span.sent += 1
  }

  #receive(chunk: Buffer): void {
    const received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    if (!this.#isAsBefore(received) && !this.#isWhole(received)) {
      this.#received = received
      return
    }
    if (this.#received.length > 0) this.#received = Buffer.alloc(0)
    const { measuring, stopping, answerTimes } = this.#span
    if (measuring) {
      this.#span.requests += 1
      answerTimes.record(Math.max(1, Math.round((performance.now() - this.#sentAt) * 1000)))
    }
    if (!stopping) this.send()
    else {
      this.#end.resolve(undefined)
      this.#socket.destroy()
    }
  }

  #isAsBefore(answer: Buffer): boolean {
    if (this.#model === undefined || answer.length !== this.#model.length) return false
    const { body } = this.#model
    return (
      answer.compare(okay, 0, okay.length, 0, okay.length) === 0 &&
      answer.compare(body, 0, body.length, answer.length - body.length) === 0
    )
  }

  /** Whether the whole answer is there. Ends the caller where it is not the one expected. */
  #isWhole(answer: Buffer): boolean {
    const endOfHead = answer.indexOf('\r\n\r\n')
    if (endOfHead === -1) return false
    const head = answer.toString('latin1', 0, endOfHead)
    const body = answer.subarray(endOfHead + 4)
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    const isWhole = length === undefined ? body.includes('0\r\n\r\n') : body.length >= Number(length)
    if (!isWhole) return false
    const text = body.toString()
    const accepted = /"accepted":(\d+)/.exec(text)?.[1]
    if (!head.startsWith('HTTP/1.1 200 ') || Number(accepted) !== this.#load.accepted) {
      this.#end.reject(new Error(`an event was not accepted:\n${head}\n\n${text.slice(0, 1000)}`))
      this.#socket.destroy()
      return false
    }
    this.#model = { length: answer.length, body: Buffer.from(body) }
    return true
  }
}
