/**
 * Makes a data directory: `node prepare-process.ts '<Preparation as JSON>'`. The registry, the events, their merges, the rollup.
 * A process of its own, because one process holds a data directory. Tells its progress on stderr and, as its last line, what
 * became of it (`Prepared`) on stdout.
 */

import { readConfig } from '@tillsight/shared/config.ts'
import { openStores } from '@tillsight/shared/stores.ts'
import { roll } from '@tillsight/shared/rollup/roll.ts'
import { everyDay } from '@tillsight/shared/rollup/touched.ts'
import { sql } from 'kysely'
import { chunksOf, register, reportsUntil, shopsOf, type Books } from './books.ts'
import { exportCheckouts } from './export.ts'
import { checkoutsFor, eventsOf, insertEvents, type Trade } from './generated-events.ts'

export interface Preparation {
  dataDir: string
  books: Books
  /** Instead of so many as the books have. */
  merchants?: number
  events: number
  seed: string
  days: number
  /** UTC milliseconds: local midnight after the last day. */
  until: number
  /** A directory for what PostgreSQL is given; undefined: it is given nothing. */
  exportTo?: string | undefined
}

export interface Prepared {
  events: number
  checkouts: number
  /** Merchants from the most events to the fewest; so the providers. */
  merchants: { merchantNo: string; providerId: string; events: number }[]
  providers: { providerId: string; events: number }[]
  seconds: { generate: number; merge: number; roll: number }
  /** Of all tables with their indexes, bytes; `columns` are the largest first. */
  bytes: number
  tables: { table: string; rows: number; bytes: number }[]
  columns: { table: string; column: string; bytes: number }[]
  peakMemoryBytes: number
}

const preparation = JSON.parse(process.argv[2] ?? '{}') as Preparation
const { dataDir, seed, days, until } = preparation
const shops = shopsOf(preparation.books, preparation.merchants)
const trade: Trade = { shops, seed, days, until, checkouts: checkoutsFor(preparation.events) }
const checkoutsAtOnce = 1_000_000
const reportsAtOnce = 50_000
let toldAt = 0

const stores = await openStores(readConfig({ DATA_DIR: dataDir }))
const { events: store, registry } = stores
const prepared = await prepare()
await stores.close()
// A pipe takes long texts bit by bit.
process.stdout.write(`${JSON.stringify(prepared)}\n`, () => process.exit(0))

async function prepare(): Promise<Prepared> {
  await register(registry, shops)
  for (const some of chunksOf(reportsUntil(shops, until, days, seed), reportsAtOnce))
    await store.insert('terminal_reports', some)
  const seconds = {
    generate: await timed(generate),
    merge: await timed(merge),
    roll: await timed(async () => {
      const all = await everyDay(store)
      await roll(store, all, () => Date.now(), {
        onBatch: (done, of) => tell(`rolled up: ${done} of ${of} batches`, done === of),
      })
      await store.execute(sql`OPTIMIZE TABLE rolled_checkouts FINAL`)
    }),
  }
  if (preparation.exportTo !== undefined) {
    tell('writing the checkouts for PostgreSQL', true)
    await exportCheckouts(store, preparation.exportTo)
  }
  return { ...(await contents()), ...(await sizes()), seconds, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

async function generate(): Promise<void> {
  // It names every merchant.
  await store.execute(sql`SET max_query_size = 16777216`)
  for (let from = 0; from < trade.checkouts; from += checkoutsAtOnce) {
    const to = Math.min(from + checkoutsAtOnce, trade.checkouts)
    await store.execute(sql.raw(insertEvents(trade, from, to)))
    tell(`generated: ${eventsOf(to)} of ${eventsOf(trade.checkouts)} events`, to === trade.checkouts)
  }
}

async function merge(): Promise<void> {
  const { rows } = await sql<{ partition: string }>`
    SELECT DISTINCT partition FROM system.parts WHERE active AND table = 'checkout_events' ORDER BY partition`.execute(
    store.db,
  )
  for (const { partition } of rows) {
    await store.execute(sql`OPTIMIZE TABLE checkout_events PARTITION ID ${sql.lit(partition)} FINAL`)
    tell(`merged: ${partition}`, partition === rows.at(-1)?.partition)
  }
}

async function contents(): Promise<Pick<Prepared, 'events' | 'checkouts' | 'merchants' | 'providers'>> {
  const { rows } = await sql<{ merchantNo: string; events: number }>`
    SELECT merchantNo, count() AS events FROM checkout_events GROUP BY merchantNo ORDER BY events DESC, merchantNo`.execute(
    store.db,
  )
  const providerOf = new Map(shops.map(({ merchantNo, providerId }) => [merchantNo, providerId]))
  const merchants = rows.map((row) => ({ ...row, providerId: providerOf.get(row.merchantNo) ?? '' }))
  const providers = [...Map.groupBy(merchants, ({ providerId }) => providerId)]
    .map(([providerId, its]) => ({ providerId, events: its.reduce((sum, { events }) => sum + events, 0) }))
    .sort((a, b) => b.events - a.events)
  const events = merchants.reduce((sum, merchant) => sum + merchant.events, 0)
  const expected = eventsOf(trade.checkouts)
  if (events !== expected) throw new Error(`${events} events are stored instead of ${expected}`)
  return { events, checkouts: trade.checkouts, merchants, providers }
}

async function sizes(): Promise<Pick<Prepared, 'bytes' | 'tables' | 'columns'>> {
  const tables = await sql<{ table: string; rows: number; bytes: number }>`
    SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
    WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC`.execute(store.db)
  const columns = await sql<{ table: string; column: string; bytes: number }>`
    SELECT table, column, sum(column_bytes_on_disk) AS bytes FROM system.parts_columns
    WHERE active AND table IN ('checkout_events', 'rolled_checkouts') GROUP BY table, column
    ORDER BY bytes DESC`.execute(store.db)
  return {
    bytes: tables.rows.reduce((sum, { bytes }) => sum + bytes, 0),
    tables: tables.rows,
    columns: columns.rows,
  }
}

/** Not oftener than people read. */
function tell(what: string, always: boolean): void {
  if (!always && Date.now() < toldAt + 5_000) return
  toldAt = Date.now()
  console.error(`· ${what}`)
}
