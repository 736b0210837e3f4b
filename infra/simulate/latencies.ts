/** How long many events waited, in steps of 5 ms. */

const step = 5

export class Latencies {
  readonly #counts = new Map<number, number>()

  add(ms: number, events: number): void {
    const bucket = Math.ceil(ms / step) * step
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + events)
  }

  /** The least time within which that share of the events was answered; undefined where there are none. */
  quantile(share: number): number | undefined {
    const sorted = [...this.#counts].sort(([a], [b]) => a - b)
    let rest = share * sorted.reduce((sum, [, events]) => sum + events, 0)
    return sorted.find(([, events]) => (rest -= events) <= 0)?.[0]
  }
}
