/** Decides what is sent next, and what becomes of a batch after its answer. Nothing leaves the queue but by `settled`. */

import type { Verdict } from './answer.ts'
import type { Queued } from './queue-store.ts'
import type { QueueToSend } from './queue-to-send.ts'
import type { RefusedEvent } from './refused-event.ts'
import { utf8Bytes } from './utf8-bytes.ts'

/** A run of events that travel together. */
export interface Batch {
  readonly events: readonly Queued[]
  /** How often it was doubtful; for an event alone, only where others were settled in between. */
  doubts: number
  timeouts: number
  /** What the ingest had settled when the event was last doubtful alone. */
  settledBefore?: number
}

export interface Limits {
  events: number
  bytes: number
}

/** Below this a batch is as small as a proxy may demand. */
const leastBytes = 16 * 1024
/** How much a batch that was too large is grown again after each that was not. */
const growthBytes = 4 * 1024
const doubtsBeforeSplit = 2
const timeoutsBeforeSplit = 2
/** How often an event must fail alone, each time with others settled since the last, to be given up. */
const doubtsBeforeGivingUp = 3

export class Pending {
  readonly #queue: QueueToSend
  readonly #limits: Limits
  #bytes: number
  readonly #again: Batch[] = []
  /** Single events that failed alone. When others are settled meanwhile, the fault is theirs; else it may be the server's. */
  readonly #loners: Batch[] = []
  #settled = 0

  constructor(queue: QueueToSend, limits: Limits) {
    this.#queue = queue
    this.#limits = limits
    this.#bytes = limits.bytes
  }

  /** What was sent before comes first. `fresh` says whether the queue may be asked for more. */
  next(fresh: boolean): Batch | undefined {
    const i = this.#loners.findIndex(({ settledBefore = 0 }) => settledBefore < this.#settled)
    const ripe = i === -1 ? undefined : this.#loners.splice(i, 1)[0]
    return ripe ?? this.#again.shift() ?? (fresh ? this.#claim() : undefined) ?? this.#loners.shift()
  }

  /** While the server may be the one in doubt, single events are tried: one that is settled clears it. */
  #claim(): Batch | undefined {
    const events = this.#queue.claim(this.#loners.length > 0 ? 1 : this.#limits.events, this.#bytes)
    return events.length === 0 ? undefined : { events, doubts: 0, timeouts: 0 }
  }

  /** Gives the events that will never be taken. */
  conclude(batch: Batch, verdict: Verdict): RefusedEvent[] {
    switch (verdict.kind) {
      case 'settled':
        this.#settled += 1
        this.#bytes = Math.min(this.#limits.bytes, this.#bytes + growthBytes)
        return this.#queue.settle(batch.events, verdict.refused)
      case 'too_large':
        this.#bytes = Math.max(leastBytes, Math.min(this.#bytes, bytesOf(batch) / 2))
        if (batch.events.length > 1) return this.#split(batch, 0)
        return this.#doubtAlone(batch, 'too_large', 'status 413')
      case 'doubtful':
        if (batch.events.length === 1) return this.#doubtAlone(batch, 'not_understood', verdict.why)
        batch.doubts += 1
        if (batch.doubts >= doubtsBeforeSplit) return this.#split(batch, doubtsBeforeSplit - 1)
        break
      case 'later':
        batch.timeouts = verdict.timedOut === true ? batch.timeouts + 1 : 0
        // On a line so slow that a batch never gets through, halves may.
        if (batch.timeouts >= timeoutsBeforeSplit && batch.events.length > 1) return this.#split(batch, 0)
        break
      default:
    }
    this.#again.unshift(batch)
    return []
  }

  /** A proxy that says so to everything must not eat the queue; an event that gets it alone must not block it. */
  #doubtAlone(batch: Batch, code: string, why: string): RefusedEvent[] {
    const first = batch.settledBefore === undefined
    if (first) batch.doubts = 1
    else if ((batch.settledBefore ?? 0) < this.#settled) batch.doubts += 1
    batch.settledBefore = this.#settled
    if (batch.doubts < doubtsBeforeGivingUp) {
      this.#loners.push(batch)
      return []
    }
    const detail = `answered with ${why} whenever it was sent alone, while others were taken`
    return this.#queue.settle(batch.events, new Map([[0, { code, pointer: '', detail }]]))
  }

  #split({ events }: Batch, doubts: number): RefusedEvent[] {
    const half = Math.ceil(events.length / 2)
    const halves = [events.slice(0, half), events.slice(half)]
    this.#again.unshift(...halves.map((half) => ({ events: half, doubts, timeouts: 0 })))
    return []
  }
}

const bytesOf = ({ events }: Batch): number => events.reduce((sum, { body }) => sum + utf8Bytes(body), 0)
