/** Sends what is pending: when, how many requests at a time, and how long to hold off after one that failed. */

import { readAnswer, type Verdict } from './answer.ts'
import { afterAskedMs, backoffMs, slowlyMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import { Pending, type Batch } from './pending.ts'
import { post, type Ingest, type Reply } from './post.ts'
import type { Problems } from './problems.ts'
import type { QueueToSend } from './queue-to-send.ts'
import { namesOf, type RefusedEvent } from './refused-event.ts'

export interface SenderOptions {
  queue: QueueToSend
  ingest: Ingest
  clock: Clock
  problems: Problems
  batchEvents: number
  gatherMs: number
  requestsInFlight: number
  onRefused(refused: RefusedEvent): void
  /** Something has left the queue. */
  onSettled(): void
}

/** Of the JSON, below 1 MiB: most gateways let that through. */
const batchBytes = 1_000_000

export class Sender {
  readonly #options: SenderOptions
  readonly #pending: Pending
  readonly #requests = new Map<AbortController, Promise<void>>()
  /** Failures in a row. */
  #failures = 0
  #holdUntil = -Infinity
  /** The server named the time. */
  #holdWasAsked = false
  #cancelWake: (() => void) | undefined
  /** Enough has gathered, or was waited for. */
  #ripe = false
  #stopped = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.#pending = new Pending(options.queue, { events: options.batchEvents, bytes: batchBytes })
    this.wake()
  }

  /** There is something new to send. */
  wake(): void {
    if (this.#options.queue.waiting >= this.#options.batchEvents) this.#pump()
    else if (this.#options.queue.size > 0) this.#wakeIn(this.#options.gatherMs)
  }

  /** Don't wait for more. What a failing server was promised is kept. */
  hurry(): void {
    this.#ripe = true
    this.#pump()
  }

  /** What failed for want of a line is tried at once. What the server asked for is kept. */
  lineIsBack(): void {
    if (!this.#holdWasAsked) this.#holdUntil = -Infinity
    this.hurry()
  }

  /** Ends with the requests in flight, which it gives up after that time. */
  async stop(withinMs: number): Promise<void> {
    this.#stopped = true
    this.#cancelWake?.()
    const giveUp = setTimeout(() => {
      for (const request of this.#requests.keys()) request.abort()
    }, withinMs)
    await Promise.all(this.#requests.values())
    clearTimeout(giveUp)
  }

  #wakeIn(ms: number): void {
    if (this.#cancelWake !== undefined || this.#stopped) return
    this.#cancelWake = this.#options.clock.after(ms, () => {
      this.#cancelWake = undefined
      this.#ripe = true
      this.#pump()
    })
  }

  #pump(): void {
    const { clock, queue, batchEvents, requestsInFlight } = this.#options
    const holdMs = this.#holdUntil - clock.now()
    if (holdMs > 0) {
      this.#wakeIn(holdMs)
      return
    }
    // After a failure one request tries whether it is over.
    const most = this.#failures > 0 ? 1 : requestsInFlight
    while (!this.#stopped && this.#requests.size < most) {
      const batch = this.#pending.next(this.#ripe || queue.waiting >= batchEvents)
      if (queue.waiting === 0) this.#ripe = false
      if (batch === undefined) break
      this.#send(batch)
    }
    if (this.#requests.size === 0 && queue.size > 0) this.#wakeIn(this.#options.gatherMs)
  }

  #send(batch: Batch): void {
    const request = new AbortController()
    const texts = batch.events.map(({ body }) => body)
    const done = post(texts, this.#options.ingest, request).then((reply) => {
      this.#requests.delete(request)
      this.#conclude(batch, reply)
      this.#pump()
    })
    this.#requests.set(request, done)
  }

  #conclude(batch: Batch, reply: Reply): void {
    const verdict = this.#verdictOn(batch, reply)
    // Closed: it stays in the queue, and is sent again at the next start.
    if (verdict === undefined) return
    const refused = this.#pending.conclude(batch, verdict)
    for (const one of refused) this.#options.onRefused(one)
    this.#holdOff(verdict, batch)
    if (verdict.kind === 'settled' || refused.length > 0) this.#options.onSettled()
  }

  #verdictOn({ events }: Batch, reply: Reply): Verdict | undefined {
    if ('failure' in reply) {
      const { failure, why } = reply
      return failure === 'aborted' ? undefined : { kind: 'later', why, timedOut: failure === 'timeout' }
    }
    const idAt = (index: number) => namesOf(events[index]?.body).id
    return readAnswer(reply, events.length, idAt, this.#options.clock.now())
  }

  #holdOff(verdict: Verdict, batch: Batch): void {
    const { clock, problems } = this.#options
    if (verdict.kind === 'settled') {
      this.#failures = 0
      problems.clear('server_away', 'key_refused', 'answer_unreadable')
      return
    }
    if (verdict.kind === 'too_large' && batch.events.length > 1) return
    this.#failures += 1
    const holdMs = this.#holdMs(verdict)
    this.#holdUntil = Math.max(this.#holdUntil, clock.now() + holdMs)
    this.#holdWasAsked = verdict.kind === 'later' && verdict.askedMs !== undefined
    tell(problems, verdict)
  }

  #holdMs(verdict: Verdict): number {
    const random = this.#options.clock.random()
    if (verdict.kind === 'key_refused') return slowlyMs(random)
    if (verdict.kind === 'later' && verdict.askedMs !== undefined) {
      return afterAskedMs(verdict.askedMs, this.#failures, random)
    }
    return backoffMs(this.#failures, random)
  }
}

function tell(problems: Problems, verdict: Verdict): void {
  if (verdict.kind === 'later') problems.raise('server_away', `events wait for the server: ${verdict.why}`)
  else if (verdict.kind === 'key_refused') problems.raise('key_refused', `the key may not post here: ${verdict.why}`)
  else if (verdict.kind === 'too_large')
    problems.raise('answer_unreadable', 'a single event is answered with status 413')
  else if (verdict.kind !== 'settled') {
    problems.raise('answer_unreadable', `what answers is not Tillsight's ingest, or in trouble: ${verdict.why}`)
  }
}
