/**
 * Keeps the rollup up to date while the process runs. Figures don't depend on it: what it has not rolled up is derived when it
 * is read. It only makes that little.
 */

import { sql } from 'kysely'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from '../log.ts'
import type { EventStore } from '../store/connect.ts'
import { roll } from './roll.ts'
import { everyDay, touchedSince } from './touched.ts'

/** What the job has to know of the events that this process takes. */
export interface Arrivals {
  /** No event received before it, UTC milliseconds, waits for its commit. */
  readonly settledTo: number
  /** Whether none waits for its commit. */
  readonly isIdle: boolean
  /** How many requests with events were ever taken. */
  readonly taken: number
}

/** Merchants that one round finds touched. */
const busyFrom = 100
/** Between two rounds, where nothing arrives. */
const shortestRestMs = 250
/**
 * After each batch, so many times as long as it took, where the main thread has not a moment to spare: whoever posts goes first,
 * and a quarter of one core is enough for the job then. Where that thread is idle half of the time it does not rest, and
 * keeps up with what is posted.
 */
const restFactor = 3
const longestRestMs = 15_000
/** After a round that failed: the store is away, or full. */
const afterFailureMs = 5_000

export class RollupJob {
  readonly #store: EventStore
  readonly #arrivals: Arrivals
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  /** `taken` of when all that had been taken was rolled up. */
  #rolled = -1

  constructor(store: EventStore, arrivals: Arrivals) {
    this.#store = store
    this.#arrivals = arrivals
    store.rollup.isCurrent = () => store.rollup.settlesWithinMs === 0 && arrivals.taken === this.#rolled
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Resolves when the statement that runs has ended, which is told to. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      let restMs = shortestRestMs
      try {
        restMs = Math.max(shortestRestMs, await this.round())
      } catch (error) {
        restMs = afterFailureMs
        if (!this.#stopping.signal.aborted)
          log.warn({ error }, 'merchant-days could not be rolled up; figures are derived from the log')
      }
      await pause(restMs, undefined, { signal }).catch(() => {})
    }
  }

  /**
   * Rolls up what was touched since the round before.
   * @returns how long to rest after it, milliseconds.
   */
  async round(): Promise<number> {
    const { rollup } = this.#store
    const { signal } = this.#stopping
    const { settledTo, taken, isIdle } = this.#arrivals
    const rolledTo = settledTo - rollup.settlesWithinMs
    if (rolledTo <= rollup.rolledTo) return 0
    let [workedFrom, loop] = [performance.now(), performance.eventLoopUtilization()]
    const rest = (): number => {
      const { utilization } = performance.eventLoopUtilization(loop)
      const factor = restFactor * Math.max(0, 2 * utilization - 1)
      return Math.min(factor * (performance.now() - workedFrom), longestRestMs)
    }
    if (rollup.settlesWithinMs > 0 || rollup.rolledTo === 0 || taken !== this.#rolled) {
      const since = rollup.rolledTo === 0 ? undefined : rollup.rolledTo
      const touched =
        since === undefined
          ? await everyDay(this.#store)
          : await touchedSince(this.#store, sql<boolean>`true`, sql<number>`${since}`)
      rollup.isBusy = touched.size >= busyFrom
      const onBatch = async (done: number, of: number): Promise<void> => {
        if (done === of) return
        // The first time every figure waits for it; then whoever posts goes first.
        if (since !== undefined || !this.#arrivals.isIdle) await pause(rest(), undefined, { signal })
        ;[workedFrom, loop] = [performance.now(), performance.eventLoopUtilization()]
      }
      if (touched.size > 0) await roll(this.#store, touched, () => rolledTo, { since, threads: 1, onBatch, signal })
    } else rollup.isBusy = false
    if (!signal.aborted) {
      rollup.rolledTo = rolledTo
      this.#rolled = isIdle ? taken : -1
    }
    return rest()
  }
}
