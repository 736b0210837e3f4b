/**
 * The embedded engine goes on where a write fails, as if all had been written: chDB leaves out what ClickHouse throws there. On a full
 * disk an insert then ends well without its rows, and a merge replaces whole parts by one that is cut off. Nothing tells but a counter.
 * See docs/decisions/010-a-write-that-fails-in-silence.md.
 */

import type { ClickHouseClient } from '@clickhouse/client'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from '../log.ts'

/** Statements, and what is done about writes that failed meanwhile. */
export interface Guard {
  /** Runs it again where it failed because of such a write. */
  reading<T>(work: () => Promise<T>): Promise<T>
  /** Rejects where it is not certain that all was written. */
  writing(work: () => Promise<unknown>): Promise<void>
  close(): Promise<void>
}

/** A server tells by itself. */
export const unguarded: Guard = {
  reading: (work) => work(),
  writing: async (work) => {
    await work()
  },
  close: () => Promise.resolve(),
}

/** Merges fail when nobody asks. What one was made of stays on the disk for eight minutes after it. */
const lookEveryMs = 2_000
/** A table can't come back while somebody still holds what it was. */
const attachWithinMs = 10_000

export class EmbeddedGuard implements Guard {
  /** Of its own: a connection runs one statement at a time. */
  readonly #client: ClickHouseClient
  readonly #guarded: readonly ClickHouseClient[]
  readonly #tables: readonly string[]
  readonly #timer: NodeJS.Timeout
  /** Statements that run. */
  readonly #running = new Set<Promise<unknown>>()
  /** Writes that had failed when all parts were last known to be whole. */
  #mendedTo = 0
  /** How often parts were set aside. */
  #mends = 0
  #mending: Promise<void> | undefined
  #looking: Promise<void> = Promise.resolve()

  private constructor(
    client: ClickHouseClient,
    guarded: readonly ClickHouseClient[],
    tables: readonly string[],
    failed: number,
  ) {
    this.#client = client
    this.#guarded = guarded
    this.#tables = tables
    this.#mendedTo = failed
    this.#timer = setInterval(() => {
      this.#looking = this.#mendWhereNeeded()
        .then(() => {})
        .catch((error: unknown) => log.error({ error }, 'the tables could not be opened anew'))
    }, lookEveryMs).unref()
  }

  /**
   * @param client a connection that nothing else uses.
   * @param guarded the others.
   * @param prepare makes the tables.
   * @throws FailedWrite where they could not be written.
   */
  static async over(
    client: ClickHouseClient,
    guarded: readonly ClickHouseClient[],
    prepare: () => Promise<void>,
  ): Promise<EmbeddedGuard> {
    const failed = await failedWrites(client)
    await prepare()
    if ((await failedWrites(client)) !== failed) throw new FailedWrite()
    const setAside = await partsSetAside(client)
    if (setAside.length > 0) log.warn({ setAside }, 'parts that are not whole were set aside')
    const tables = await rowsOf<{ name: string }>(
      client,
      `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
    )
    return new EmbeddedGuard(
      client,
      guarded,
      tables.map(({ name }) => name),
      failed,
    )
  }

  async reading<T>(work: () => Promise<T>): Promise<T> {
    const mends = this.#mends
    try {
      return await this.#run(work)
    } catch (error) {
      if (!(await this.#mendWhereNeeded()) && this.#mends === mends) throw error
      return await this.#run(work)
    }
  }

  async writing(work: () => Promise<unknown>): Promise<void> {
    const mends = this.#mends
    await this.#run(work)
    if ((await this.#mendWhereNeeded()) || this.#mends !== mends) throw new FailedWrite()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await this.#mending
    await this.#client.close()
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#mending !== undefined) await this.#mending.catch(() => {})
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Whether a write had failed since. */
  async #mendWhereNeeded(): Promise<boolean> {
    if ((await failedWrites(this.#client)) === this.#mendedTo) return false
    await (this.#mending ??= this.#mend())
    return true
  }

  /** Opens the tables anew: a part that is not as long as it should be is set aside, and what it was made of is there again. */
  async #mend(): Promise<void> {
    try {
      await Promise.allSettled(this.#running)
      // Merges end with it.
      for (const table of this.#tables) await this.#client.command({ query: `DETACH TABLE IF EXISTS ${table}` })
      const failed = await failedWrites(this.#client)
      // A connection holds what its last statement failed on until its next.
      for (const client of this.#guarded) await rowsOf(client, 'SELECT 1')
      for (const table of this.#tables) await this.#attach(table)
      log.error(
        { writes: failed - this.#mendedTo, setAside: await partsSetAside(this.#client) },
        'the disk did not take all that the store wrote: what is not whole was set aside',
      )
      this.#mendedTo = failed
      this.#mends += 1
    } finally {
      this.#mending = undefined
    }
  }

  async #attach(table: string): Promise<void> {
    const until = Date.now() + attachWithinMs
    for (;;) {
      try {
        await this.#client.command({ query: `ATTACH TABLE IF NOT EXISTS ${table}` })
        return
      } catch (error) {
        if (Date.now() > until) throw error
        await pause(20)
      }
    }
  }
}

/** What was to be written must be written again. */
class FailedWrite extends Error {
  constructor() {
    super('what was written could not be written whole: the disk is full, or fails')
    this.name = 'FailedWrite'
  }
}

/** Since the process started. */
async function failedWrites(client: ClickHouseClient): Promise<number> {
  const [row] = await rowsOf<{ value: number }>(
    client,
    `SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'`,
  )
  return row?.value ?? 0
}

/** The latest, as `table/name`. */
async function partsSetAside(client: ClickHouseClient): Promise<string[]> {
  const parts = await rowsOf<{ part: string }>(
    client,
    `SELECT concat(table, '/', name) AS part FROM system.detached_parts
     WHERE database = currentDatabase() AND startsWith(reason, 'broken') ORDER BY modification_time DESC LIMIT 20`,
  )
  return parts.map(({ part }) => part)
}

async function rowsOf<T>(client: ClickHouseClient, query: string): Promise<T[]> {
  return (await client.query({ query, format: 'JSONEachRow' })).json<T>()
}
