/** The ClickHouse store: embedded in this process, or a server or cluster by URL. The one place that makes clients. */

import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
} from '@clickhouse/client'
import { Kysely, sql, type RawBuilder } from 'kysely'
import { randomBytes, randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Away } from '../away.ts'
import { ClickHouseDialect, inlined } from './dialect.ts'
import { EmbeddedGuard, unguarded, type Guard } from './failed-writes.ts'
import type { Block } from './journal-file.ts'
import { inserted, Journal, type Commits, type Insert } from './journal.ts'
import { migrate } from './migrate.ts'
import { nativeBlock, type NativeRows } from './native.ts'
import { encoded, insertColumns, nativeColumns, type EventTables, type InsertableRows } from './tables.ts'

/** What figures are read through. */
export interface EventReader {
  readonly db: Kysely<EventTables>
  /**
   * Until it changes, what was asked is answered alike: how many inserts have ended, or of figures as old as the rollup, when that
   * was. Undefined where others insert too, of which this process hears nothing.
   */
  readonly inserts: number | undefined
}

/** Reading waits for all that was committed before. */
export interface EventStore extends EventReader {
  /** Reads what is inserted by now, and waits for nothing. */
  readonly inserted: Kysely<EventTables>
  /** Resolves once the rows are committed; rejects where that is not certain. What to do then: `insert-error.ts`. */
  insert<T extends keyof InsertableRows>(table: T, rows: readonly InsertableRows[T][]): Promise<void>
  /** As `insert`, of rows that are encoded already, in one block. */
  insertParts(table: keyof InsertableRows, parts: readonly NativeRows[]): Promise<void>
  /**
   * Runs a statement that writes what the engine can work out by itself, from what is inserted by now: who reads first waits
   * for what was committed. Values in it are written out, see `inlined`.
   * @param signal ends the statement, which rejects then: a process can't end before its statements have.
   */
  execute(statement: RawBuilder<unknown>, signal?: AbortSignal): Promise<void>
  /** Whether a temporary table is there for the statements after it. A server's address may lead to another each time. */
  readonly keepsTables: boolean
  /** How far the rollup has come, as this process knows. */
  readonly rollup: RollupProgress
  close(): Promise<void>
}

export interface RollupProgress {
  /** Every merchant-day that an event touched which was received before it is rolled up; 0: nothing is. */
  rolledTo: number
  /** How long after an insert was given up, or made by another process, its rows may still appear. */
  readonly settlesWithinMs: number
  /** Whether nothing arrived since, as far as this process can know of all that arrives. */
  isCurrent: () => boolean
  /** Whether so much arrives that there is always something to roll up. */
  isBusy: boolean
}

type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>

/** Readers run side by side: an embedded connection runs one statement at a time. They wait for what was committed before, no longer. */
const embeddedReaders = 3
/** The engine reads so much of a statement at most; one that names 10,000 merchants has 200 KB. */
const longestStatement = 16 * 1024 * 1024

/** A statement that takes longer has lost its server; the caller answers 503 and the sender tries again. */
const requestTimeoutMs = 20_000

/**
 * @param path the engine's own directory; beside it, `<path>-inserts` holds what is being inserted, and `<path>-journal` what is committed
 *   and will be.
 */
export async function connectEmbedded(path: string): Promise<EventStore> {
  // Imported where it is first needed: at the top of a module it crashes `vite build`.
  const { createChdbConnection } = await import('chdb/connection')
  // The two packages each bundle their own copy of the same interface, so TypeScript sees two.
  const open = () => createClient({ connection: createChdbConnection({ path }) as unknown as Connection })
  const openReader = async () => {
    const reader = open()
    // For this connection, as long as it is open.
    await reader.command({ query: `SET max_query_size = ${longestStatement}` })
    return reader
  }
  const [writer, worker, watcher] = [open(), open(), open()]
  const readers = await Promise.all(Array.from({ length: embeddedReaders }, openReader))
  const guarded = [writer, worker, ...readers]
  const guard = await EmbeddedGuard.over(watcher, guarded, () => migrate(writer, () => expectRoom(path))).catch(
    async (error: unknown) => {
      await Promise.all([watcher, ...guarded].map((client) => client.close()))
      throw error
    },
  )
  const insertBlocks = insertFromFile(writer, emptyDirectory(`${path}-inserts`))
  const insert: Insert = (table, blocks) => guard.writing(() => insertBlocks(table, blocks))
  // Once more, because it may have failed for a merge that did, which is mended by then.
  const insertPatiently: Insert = (table, blocks) => insert(table, blocks).catch(() => insert(table, blocks))
  const journal = await Journal.open(`${path}-journal`, insertPatiently).catch(async (error: unknown) => {
    await guard.close()
    await Promise.all(guarded.map((client) => client.close()))
    throw error
  })
  // One process, which knows of every insert whether it has ended.
  return eventStore(writer, readers, worker, journal, guard, 0)
}

/** A table's definition that the disk does not take whole is lost, and the table with it (see `failed-writes.ts`). */
function expectRoom(path: string): void {
  const file = `${path}-room`
  try {
    writeFileSync(file, randomBytes(4 * 1024 * 1024), { flush: true })
  } finally {
    rmSync(file, { force: true })
  }
}

export async function connectServer(url: string): Promise<EventStore> {
  const client = createClient({
    url,
    request_timeout: requestTimeoutMs,
    max_open_connections: 16,
    // Whoever asked says what failed, once.
    log: { level: ClickHouseLogLevel.OFF },
    // A server may batch inserts of its own accord; an answer must still mean that the rows are stored.
    clickhouse_settings: { wait_for_async_insert: 1, wait_end_of_query: 1 },
  })
  const insertBlocks: Insert = async (table, blocks) => {
    const query = `INSERT INTO ${table} (${Object.keys(insertColumns[table]).join(', ')}) FORMAT Native`
    const { stream } = await client.exec({ query, values: Readable.from(blocks) })
    await stream.resume().toArray()
  }
  await migrate(client)
  return eventStore(client, [client], client, inserted(insertBlocks), unguarded, 3 * requestTimeoutMs)
}

/** One block is one thread's work; copies within it collapse as all others do, in merges. */
const insertSettings = 'max_threads = 1, optimize_on_insert = 0'

/**
 * The embedded engine takes binary formats from files only. The file is not synced: it is read at once, and the commit is the
 * engine's. It is written synchronously, because that copies to the page cache and is done, while the pool that asynchronous
 * calls share is the one in which the engine's queries run.
 */
function insertFromFile(writer: ClickHouseClient, directory: string): Insert {
  let number = 0
  return async (table, blocks) => {
    const columns = Object.keys(insertColumns[table]).join(', ')
    const file = join(directory, `${++number}.native`)
    try {
      writeBlocks(file, blocks)
      await writer.command({
        query: `INSERT INTO ${table} (${columns}) FROM INFILE ${quoted(file)} SETTINGS ${insertSettings} FORMAT Native`,
      })
    } finally {
      rmSync(file, { force: true })
    }
  }
}

/** Without putting them together first: that would take as much memory again. */
function writeBlocks(path: string, blocks: readonly Buffer[]): void {
  const file = openSync(path, 'w')
  try {
    for (const block of blocks) writeFileSync(file, block)
  } finally {
    closeSync(file)
  }
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

function emptyDirectory(path: string): string {
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  return path
}

const blockOf = (table: keyof InsertableRows, parts: readonly NativeRows[]): Block => ({
  table,
  rows: parts.reduce((sum, { count }) => sum + count, 0),
  bytes: nativeBlock(nativeColumns[table], parts),
})

async function rolledTo(db: Kysely<EventTables>): Promise<number> {
  const { rows } = await sql<{ rolledTo: number }>`SELECT max(rolledTo) AS rolledTo FROM rollup_progress`.execute(db)
  return rows[0]?.rolledTo ?? 0
}

async function eventStore(
  writer: ClickHouseClient,
  readers: ClickHouseClient[],
  worker: ClickHouseClient,
  commits: Commits,
  guard: Guard,
  settlesWithinMs: number,
): Promise<EventStore> {
  const idle = [...readers]
  const waiting: ((client: ClickHouseClient) => void)[] = []
  const shared = readers.length === 1

  let closed = false

  const acquire = async (): Promise<ClickHouseClient> => {
    if (closed) throw new Error('the store is closed')
    return (shared ? readers[0] : idle.pop()) ?? (await new Promise((resolve) => waiting.push(resolve)))
  }
  const release = (client: ClickHouseClient) => {
    if (shared) return
    const next = waiting.shift()
    if (next) next(client)
    else idle.push(client)
  }

  const read = async (query: string, query_params: Record<string, unknown> = {}): Promise<unknown[]> => {
    const client = await acquire()
    try {
      const isBound = Object.keys(query_params).length > 0
      const result = await client.query({ query, ...(isBound ? { query_params } : {}), format: 'JSONEachRow' })
      return await result.json()
    } finally {
      release(client)
    }
  }
  const settle = () =>
    commits.settle().catch((cause: unknown) => {
      throw new Away('committed rows can not be read yet', { cause })
    })
  const readingAfter = (wait: () => Promise<void>) =>
    new Kysely<EventTables>({
      dialect: new ClickHouseDialect(
        async (query, params) => {
          if (closed) throw new Error('the store is closed')
          await wait()
          return guard.reading(() => read(query, params))
        },
        shared ? 'bound' : 'written',
      ),
    })
  const db = readingAfter(settle)

  let inserts = 0
  const insertParts: EventStore['insertParts'] = (table, parts) =>
    commits.commit(blockOf(table, parts)).finally(() => (inserts += 1))
  return {
    db,
    inserted: readingAfter(() => Promise.resolve()),
    keepsTables: !shared,
    get inserts() {
      return shared ? undefined : inserts
    },
    insert: (table, rows) => insertParts(table, [encoded(table, rows)]),
    insertParts,
    async execute(statement, signal) {
      // The embedded engine gives statements ids of its own.
      const mark = `/* ${randomUUID()} */`
      const end = () => void read(`KILL QUERY WHERE startsWith(query, '${mark}') ASYNC`).catch(() => {})
      signal?.addEventListener('abort', end, { once: true })
      try {
        await guard.writing(async () => {
          // It may have waited, and nothing ends what does not run yet.
          signal?.throwIfAborted()
          await worker.command({ query: `${mark} ${inlined(statement)}` })
        })
      } finally {
        signal?.removeEventListener('abort', end)
      }
    },
    rollup: { rolledTo: await rolledTo(db), settlesWithinMs, isCurrent: () => false, isBusy: false },
    async close() {
      // The embedded engine takes the process with it when a connection is closed that still runs a statement.
      const all = readers.map(() => acquire())
      closed = true
      await commits.close()
      await Promise.all(all)
      await guard.close()
      await Promise.all([...new Set([writer, worker, ...readers])].map((client) => client.close()))
    },
  }
}
