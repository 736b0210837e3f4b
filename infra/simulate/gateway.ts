/** The gateway of one provider: its tills' events go through one outbox. It counts what becomes of them. */

import type { Delivery } from '@tillsight/market/delivery.ts'
import { sourceOf } from '@tillsight/market/events.ts'
import { openOutbox, type Outbox } from '@tillsight/terminal'
import { setImmediate } from 'node:timers/promises'
import { happeningOf } from '../invented-market.ts'
import type { Latencies } from './latencies.ts'

export interface GatewayOptions {
  url: string
  key: string
  file: string
  /** Shared by the gateways: for how long events wait from their recording to their answer. */
  latencies: Latencies
  /** Shared: how many were refused, by code. */
  refused: Map<string, number>
  onProblem: (message: string) => void
}

export class Gateway {
  readonly #outbox: Outbox
  readonly #latencies: Latencies
  /** How many had been recorded at which time, of what isn't answered yet. */
  readonly #marks: { recorded: number; count: number; at: number }[] = []
  recorded = 0
  queued = 0

  constructor({ url, key, file, latencies, refused, onProblem }: GatewayOptions) {
    this.#latencies = latencies
    this.#outbox = openOutbox({
      ...{ url, key, file, batchEvents: 1_000, requestsInFlight: 2 },
      onProblem: ({ message }) => onProblem(message),
      onRefused: ({ code }) => refused.set(code, (refused.get(code) ?? 0) + 1),
    })
  }

  /** @param now of a clock that only goes forward, in milliseconds. */
  record(deliveries: readonly Delivery[], now: number): void {
    const receipts = this.#outbox.recordAll(
      deliveries.map(({ merchantNo, written: { terminalNo, ...written } }) =>
        happeningOf(this.#outbox, { source: sourceOf(merchantNo, terminalNo), ...written }),
      ),
    )
    for (const receipt of receipts) if (!receipt.recorded) throw receipt.error
    this.recorded += receipts.length
    this.#marks.push({ recorded: this.recorded, count: receipts.length, at: now })
  }

  /** Sees what was answered since the last look. Answers may overtake each other by a request; it counts as in order. */
  look(now: number): void {
    this.queued = this.#outbox.status().queued
    const answered = this.recorded - this.queued
    const waiting = this.#marks.findIndex(({ recorded }) => recorded > answered)
    const done = this.#marks.splice(0, waiting === -1 ? this.#marks.length : waiting)
    for (const { at, count } of done) this.#latencies.add(now - at, count)
  }

  get dropped(): number {
    return this.#outbox.status().dropped
  }

  /** Waits for the answers to all that was recorded, but not longer, and ends. What is `queued` then was not answered. */
  async close(withinMs: number): Promise<void> {
    await this.#outbox.flush({ timeoutMs: withinMs }).catch(() => {})
    this.look(performance.now())
    await this.#outbox.close()
    // The client tells of what was refused with the last answers after everything else.
    await setImmediate()
  }
}
