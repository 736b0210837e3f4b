/** The outbox of a till that is a page: the same sender, over a queue in the browser's storage. */

import { BrowserQueue } from './browser-queue.ts'
import type { BrowserStore } from './browser-store.ts'
import { systemClock, type Clock } from './clock.ts'
import { Problems, type ProblemKind } from './problems.ts'
import type { Queued } from './queue-store.ts'
import { Sender } from './sender.ts'

export interface BrowserOutboxOptions {
  store: BrowserStore
  /** Where Tillsight is; events go to `/v1/events` there. */
  url: string
  /** The terminal's key. */
  key: string
  /** Something has become different of what `status` says. */
  onChange: () => void
  /** For tests. */
  clock?: Clock
}

export interface BrowserOutboxStatus {
  /** Events that wait or are on their way. */
  queued: number
  /** Of these, those that the server said lie in the future: the clock here is ahead. */
  early: number
  /** What is wrong now. */
  problems: ProblemKind[]
}

/** A person waits for it: so little is gathered that both events of a checkout go together. */
const gatherMs = 50
const batchEvents = 500
const timeoutMs = 30_000

/** One at a time may be open on a store: see that by a lock. */
export class BrowserOutbox {
  readonly #clock: Clock
  readonly #problems: Problems
  readonly #queue: BrowserQueue
  readonly #sender: Sender

  static async open(options: BrowserOutboxOptions): Promise<BrowserOutbox> {
    return new BrowserOutbox(options, await options.store.queued())
  }

  private constructor({ store, url, key, onChange, clock = systemClock }: BrowserOutboxOptions, queued: Queued[]) {
    this.#clock = clock
    this.#problems = new Problems(onChange)
    this.#queue = new BrowserQueue({ store, queued, clock, onReady: () => this.#sender.wake() })
    this.#sender = new Sender({
      queue: this.#queue,
      ingest: { url: new URL('/v1/events', url), key, timeoutMs },
      clock,
      problems: this.#problems,
      batchEvents,
      gatherMs,
      requestsInFlight: 1,
      onRefused: () => {},
      onSettled: onChange,
    })
  }

  /** What was just stored is to be sent. */
  add(queued: readonly Queued[]): void {
    this.#queue.add(queued)
    this.#sender.wake()
  }

  status(): BrowserOutboxStatus {
    const { size, early } = this.#queue
    return { queued: size + early, early, problems: this.#problems.open.map(({ kind }) => kind) }
  }

  /** There is a line again, or somebody asks: what waits is tried now. */
  tryNow(): void {
    this.#queue.retryEarly()
    this.#sender.lineIsBack()
  }

  /** Sends everything that waits. Throws where that takes longer. */
  async sendAll(withinMs: number): Promise<void> {
    const until = this.#clock.now() + withinMs
    while (this.#queue.size > 0) {
      if (this.#clock.now() > until) throw new Error('not everything could be sent')
      this.#sender.hurry()
      await new Promise<void>((resolve) => void this.#clock.after(100, resolve))
    }
  }

  /** Stops sending, and waits for what is in flight. What was not answered stays for the next time. */
  async close(withinMs = 5_000): Promise<void> {
    await this.#sender.stop(withinMs)
    await this.#queue.close()
  }
}
