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
/** Everybody waits for the statements that run then: what takes longer is ended. A figure is asked for again after it. */
const endAfterMs = 1_000
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
  /** Writes that had failed when all parts were last known to be whole. Merges begin before anybody can ask: at first, none. */
  #mendedTo = 0
  #mending: Promise<void> | undefined
  #looking: Promise<void> = Promise.resolve()

  private constructor(client: ClickHouseClient, guarded: readonly ClickHouseClient[], tables: readonly string[]) {
    this.#client = client
    this.#guarded = guarded
    this.#tables = tables
    this.#timer = setInterval(() => {
      this.#looking = this.#mendWhereNeeded().catch((error: unknown) =>
        log.error({ error }, 'the tables could not be opened anew'),
      )
    }, lookEveryMs).unref()
  }

  /**
   * @param client a connection that nothing else uses.
   * @param guarded the others.
   * @param prepare makes the tables; gives whether there was anything to make.
   * @throws FailedWrite where they could not be written.
   */
  static async over(
    client: ClickHouseClient,
    guarded: readonly ClickHouseClient[],
    prepare: () => Promise<boolean>,
  ): Promise<EmbeddedGuard> {
    const failed = await failedWrites(client)
    // A merge may have failed meanwhile instead, which is mended; nobody can tell.
    if ((await prepare()) && (await failedWrites(client)) !== failed) throw new FailedWrite()
    const setAside = await partsSetAside(client)
    if (setAside.length > 0) log.warn({ setAside }, 'parts that are not whole were set aside')
    const tables = await rowsOf<{ name: string }>(
      client,
      `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
    )
    const guard = new EmbeddedGuard(
      client,
      guarded,
      tables.map(({ name }) => name),
    )
    try {
      await guard.#mendWhereNeeded()
      return guard
    } catch (error) {
      clearInterval(guard.#timer)
      throw error
    }
  }

  async reading<T>(work: () => Promise<T>): Promise<T> {
    let whole = 0
    const run = () => {
      whole = this.#mendedTo
      return work()
    }
    try {
      return await this.#run(run)
    } catch (error) {
      await this.#mendWhereNeeded()
      if (this.#mendedTo === whole) throw error
      return await this.#run(work)
    }
  }

  async writing(work: () => Promise<unknown>): Promise<void> {
    let whole = 0
    await this.#run(() => {
      whole = this.#mendedTo
      return work()
    })
    await this.#mendWhereNeeded()
    if (this.#mendedTo !== whole) throw new FailedWrite()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
    await this.#mending?.catch(() => {})
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

  async #mendWhereNeeded(): Promise<void> {
    if ((await failedWrites(this.#client)) !== this.#mendedTo) await (this.#mending ??= this.#mend())
  }

  /** Opens the tables anew: a part that is not as long as it should be is set aside, and what it was made of is there again. */
  async #mend(): Promise<void> {
    try {
      const ended = Promise.allSettled(this.#running).then(() => true)
      while (!(await Promise.race([ended, pause(endAfterMs, false)])))
        await this.#client.command({ query: `KILL QUERY WHERE query_id != queryID() ASYNC` })
      // Merges end with it.
      for (const table of this.#tables) await this.#client.command({ query: `DETACH TABLE IF EXISTS ${table}` })
      const failed = await failedWrites(this.#client)
      // A connection holds what its last statement failed on until its next.
      for (const client of this.#guarded) await rowsOf(client, 'SELECT 1')
      for (const table of this.#tables) await this.#attach(table)
      const writes = failed - this.#mendedTo
      this.#mendedTo = failed
      log.error(
        { writes, setAside: await partsSetAside(this.#client) },
        'the disk did not take all that the store wrote: what is not whole was set aside',
      )
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
