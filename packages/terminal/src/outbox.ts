/** The outbox: one queue file, one sender and one key, for one till or for a gateway with thousands of them. */

import { systemClock, type Clock } from './clock.ts'
import { enter, type NewEntry } from './entry.ts'
import { later, Problems, type Problem } from './problems.ts'
import { gzip } from './gzip.ts'
import { smallestFile } from './queue-file.ts'
import { Queue } from './queue.ts'
import { RecordError, type Receipt } from './receipt.ts'
import type { RefusedEvent } from './refused-event.ts'
import { Sender } from './sender.ts'
import { Terminal, type Happening } from './terminal.ts'

export interface OutboxOptions {
  /** Where Tillsight is, such as `https://tillsight.example`; events go to `/v1/events` below it. */
  url: string
  /** A terminal's key, or the provider's for a gateway. */
  key: string
  /** The queue: kept with the till for as long as it has its number, on a local disk. One process at a time. */
  file: string
  /**
   * What the file and its log may take on disk, at least 8 MiB; default 64 MiB, which is some 100,000 events. When it is full
   * the oldest events make room: a sale goes on, the newest are what a shop decides by, and since every event has its number
   * the lost ones show as `missing` in Tillsight. Where the file was damaged, what was moved aside takes as much again.
   */
  maxBytes?: number
  /** Most events of a request, 1 to 10,000; default 500. */
  batchEvents?: number
  /** How long to wait for more before a request that isn't full; default 200. */
  gatherMs?: number
  /** Default 1. More only help where thousands of events a second are recorded. */
  requestsInFlight?: number
  /** Of one request; default 30,000. */
  timeoutMs?: number
  /** Told once when a trouble begins. Slow or throwing callbacks reach no sale. */
  onProblem?: (problem: Problem) => void
  /** Told of each event that will never be taken as it is. */
  onRefused?: (refused: RefusedEvent) => void
  /** For tests. */
  clock?: Clock
}

export interface OutboxStatus {
  /** Events that wait or are on their way. */
  queued: number
  /** Events that made room for newer ones, since the file began. */
  dropped: number
  /** Events refused since the file began. */
  refused: number
  /** What is wrong now. */
  problems: Problem[]
}

/**
 * Opens the queue and begins to send what it holds.
 * @throws RangeError for options out of range; OutboxInUse where the file is open elsewhere; NotAQueue where it is another
 *   database. A disk that can't be written is told by `onProblem`, and the till goes on.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  return new Outbox(options)
}

export class Outbox {
  readonly #clock: Clock
  readonly #problems: Problems
  readonly #queue: Queue
  readonly #sender: Sender
  readonly #terminals = new Map<string, Terminal>()
  readonly #flushes = new Set<() => void>()
  #closed: Promise<void> | undefined

  /** @internal Use `openOutbox`. */
  constructor(options: OutboxOptions) {
    const { onProblem = () => {}, onRefused = () => {}, clock = systemClock } = options
    const checked = checkedOptions(options)
    this.#clock = clock
    this.#problems = new Problems(onProblem)
    this.#queue = new Queue({ file: options.file, maxBytes: checked.maxBytes, clock, problems: this.#problems })
    this.#sender = new Sender({
      ...checked,
      queue: this.#queue,
      clock,
      problems: this.#problems,
      onRefused: (refused) => later(onRefused, refused),
      onSettled: () => {
        for (const check of [...this.#flushes]) check()
      },
    })
  }

  /** @throws RangeError where a number is malformed. */
  terminal(merchantNo: string, terminalNo: string): Terminal {
    const name = `${merchantNo}:${terminalNo}`
    const known = this.#terminals.get(name)
    if (known !== undefined) return known
    const terminal = new Terminal(merchantNo, terminalNo, {
      record: (happening) => this.recordAll([happening])[0] as Receipt,
      state: (source) => this.#queue.terminal(source),
    })
    this.#terminals.set(name, terminal)
    return terminal
  }

  /**
   * Records many at once, with one sync of the disk (or few) instead of one each. Never throws; a receipt for each, in
   * their order. All are on disk when it returns.
   */
  recordAll(happenings: readonly Happening[]): Receipt[] {
    const entries: NewEntry[] = []
    const receipts = happenings.map((happening) => this.#enter(happening, entries))
    if (entries.length === 0) return receipts
    const durable = this.#queue.append(entries)
    this.#sender.wake()
    return durable ? receipts : receipts.map((receipt) => (receipt.recorded ? { ...receipt, durable } : receipt))
  }

  #enter(happening: Happening, entries: NewEntry[]): Receipt {
    if (this.#closed !== undefined) {
      return { recorded: false, error: new RecordError('closed', 'the outbox is closed') }
    }
    const { receipt, entry } = enter(happening, this.#queue.terminal(happening.terminal.source), this.#clock.now())
    if (entry !== undefined) entries.push(entry)
    return receipt
  }

  /** The newest refused events, up to 1,000, the newest first. The ingest keeps them too, in its quarantine. */
  refused(): RefusedEvent[] {
    return this.#queue.refused()
  }

  status(): OutboxStatus {
    const { size, dropped, refusals } = this.#queue
    return { queued: size, dropped, refused: refusals, problems: this.#problems.open }
  }

  /**
   * Resolves when everything recorded before has been answered. Does not wait for more to gather, but honours
   * `Retry-After` and backoff.
   * @throws where the time (default: none) is up, the signal is aborted, or the outbox is closed before.
   */
  async flush({ timeoutMs, signal }: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<void> {
    const mark = this.#queue.last
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const check = (): void => {
      if (this.#queue.isDone(mark)) resolve(undefined)
      else if (this.#closed !== undefined) reject(new Error('the outbox was closed before everything was sent'))
      else this.#sender.hurry()
    }
    const abort = () => reject(signal?.reason as Error)
    signal?.throwIfAborted()
    signal?.addEventListener('abort', abort)
    // Also keeps the process alive meanwhile.
    const timer = setTimeout(
      () => reject(new Error(`not everything was sent within ${timeoutMs ?? longestTimer} ms`)),
      Math.min(timeoutMs ?? longestTimer, longestTimer),
    )
    this.#flushes.add(check)
    try {
      check()
      await promise
    } finally {
      this.#flushes.delete(check)
      signal?.removeEventListener('abort', abort)
      clearTimeout(timer)
    }
  }

  /**
   * Stops sending, waits for the requests in flight (default up to 5 s) and closes the file. What was not answered stays
   * in it for the next start. May be called again.
   */
  close({ timeoutMs = 5_000 }: { timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(timeoutMs)
    return this.#closed
  }

  async #close(timeoutMs: number): Promise<void> {
    await this.#sender.stop(timeoutMs)
    for (const check of [...this.#flushes]) check()
    this.#queue.close()
  }
}

const longestTimer = 2 ** 31 - 1

function checkedOptions(options: OutboxOptions) {
  const { batchEvents = 500, gatherMs = 200, requestsInFlight = 1, timeoutMs = 30_000 } = options
  const { maxBytes = 64 * 1024 * 1024, key } = options
  const url = new URL('v1/events', options.url.endsWith('/') ? options.url : `${options.url}/`)
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new RangeError(what)
  }
  demand(url.protocol === 'http:' || url.protocol === 'https:', 'url must begin with http:// or https://')
  demand(/^[\x21-\x7e]+$/.test(key), 'key must be the key as it was issued')
  demand(maxBytes >= smallestFile, `maxBytes must be at least ${smallestFile}`)
  demand(Number.isInteger(batchEvents) && batchEvents >= 1 && batchEvents <= 10_000, 'batchEvents: 1 to 10,000')
  demand(gatherMs >= 0, 'gatherMs must be 0 or more')
  // What is on its way never makes room; it may not be all there is.
  const most = Math.floor(maxBytes / (4 * 1024 * 1024))
  demand(Number.isInteger(requestsInFlight) && requestsInFlight >= 1, 'requestsInFlight must be 1 or more')
  demand(requestsInFlight <= most, `requestsInFlight: at most ${most} with this maxBytes`)
  demand(timeoutMs > 0, 'timeoutMs must be above 0')
  return { ingest: { url, key, timeoutMs, gzip }, batchEvents, gatherMs, requestsInFlight, maxBytes }
}
