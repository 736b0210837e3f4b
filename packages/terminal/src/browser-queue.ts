/** The events that wait in a browser's storage, as the sender sees them: all in memory too, since a till that is a page has few. */

import type { Refusal } from './answer.ts'
import type { BrowserStore } from './browser-store.ts'
import type { Clock } from './clock.ts'
import type { Queued } from './queue-store.ts'
import type { QueueToSend } from './queue-to-send.ts'
import { refusedEvent, type RefusedEvent } from './refused-event.ts'
import { utf8Bytes } from './utf8-bytes.ts'

/** How long to wait before an event that was timed in the future is sent again. */
const earlyMs = 5 * 60_000

export interface BrowserQueueOptions {
  store: Pick<BrowserStore, 'settle'>
  /** What it holds at the start. */
  queued: readonly Queued[]
  clock: Clock
  /** Something waits again. */
  onReady: () => void
}

export class BrowserQueue implements QueueToSend {
  readonly #options: BrowserQueueOptions
  #waiting: Queued[]
  #underWay = 0
  /** Refused for being timed in the future: a clock that is ahead is mended, or caught up with. Sent again as they are. */
  #early: Queued[] = []
  #writing: Promise<void> = Promise.resolve()
  #cancelRetry: (() => void) | undefined

  constructor(options: BrowserQueueOptions) {
    this.#options = options
    this.#waiting = [...options.queued]
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get size(): number {
    return this.#waiting.length + this.#underWay
  }

  get early(): number {
    return this.#early.length
  }

  /** What was just stored. */
  add(queued: readonly Queued[]): void {
    this.#waiting.push(...queued)
  }

  claim(mostEvents: number, mostBytes: number): Queued[] {
    let bytes = 2
    const beyond = this.#waiting.findIndex(({ body }, i) => {
      bytes += utf8Bytes(body) + 1
      return i === mostEvents || (bytes > mostBytes && i > 0)
    })
    const claimed = this.#waiting.splice(0, beyond === -1 ? Infinity : beyond)
    this.#underWay += claimed.length
    return claimed
  }

  settle(batch: readonly Queued[], refused: ReadonlyMap<number, Refusal>): RefusedEvent[] {
    const { store, clock } = this.#options
    const at = clock.now()
    const isEarly = (index: number) => refused.get(index)?.code === 'time_in_future'
    const kept = [...refused].flatMap(([index, refusal]) =>
      isEarly(index) ? [] : refusedEvent(batch[index]?.body ?? '', refusal, at),
    )
    const gone = batch.flatMap(({ position }, index) => (isEarly(index) ? [] : position))
    this.#underWay -= batch.length
    this.#early.push(...batch.filter((_queued, index) => isEarly(index)))
    if (this.#early.length > 0) this.#cancelRetry ??= clock.after(earlyMs, () => this.retryEarly())
    // What can't be removed is sent again at the next start, which changes nothing.
    this.#writing = Promise.all([this.#writing, store.settle(gone, kept).catch(() => {})]).then(() => {})
    return kept
  }

  retryEarly(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#waiting.unshift(...this.#early.splice(0))
    this.#options.onReady()
  }

  /** Resolves when everything that settled is written. */
  close(): Promise<void> {
    this.#cancelRetry?.()
    return this.#writing
  }
}
