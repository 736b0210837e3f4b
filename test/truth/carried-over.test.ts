/** Of a touched day only what arrivals concern is derived again. It ends as if all of it had been. */

import { kept, roll } from '@tillsight/shared/rollup/roll.ts'
import { dayMs, everyDay, touchedSince } from '@tillsight/shared/rollup/touched.ts'
import { connectEmbedded, type EventStore } from '@tillsight/shared/store/connect.ts'
import type { CheckoutEventRow } from '@tillsight/shared/store/tables.ts'
import fc from 'fast-check'
import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** `npm run soak` raises it. */
const rounds = Number(process.env['TRUTH_ROUNDS'] ?? 4)

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-carried-over-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

const firstDay = Math.floor(Date.now() / dayMs) - 20
const hour = dayMs / 24

interface Sent {
  merchantNo: string
  checkout: number
  /** Since the first day. */
  hours: number
  kind: 'declined' | 'succeeded' | 'abandoned'
  attempt: number
  customer: number
}

/** @param arrival also its id, so that no two are the same event. */
function row({ merchantNo, checkout, hours, kind, attempt, customer }: Sent, arrival: number): CheckoutEventRow {
  const time = firstDay * dayMs + Math.round(hours * hour)
  const refuses = kind === 'declined'
  return {
    ...{ merchantNo, day: Math.floor(time / dayMs), checkoutId: `c${checkout}`, time, id: `e${arrival}`, body: '{}' },
    ...{ terminalNo: `1000000${checkout % 3}`, kind, attempt, amount: 1_000 + checkout, method: refuses ? '' : 'CASH' },
    ...{ asksHuabei: refuses, paidByHuabei: false, codeSystem: refuses ? 'LOCAL' : '', codeValue: '', ageBand: '' },
    ...{ channelDisabled: false, token: customer === 0 ? '' : `t${customer}`, returning: '', sequence: '-1' },
    receivedAt: arrival,
  }
}

/** Everything that is kept, in an order of its own; without the moment up to which it was rolled up. */
async function rolled(): Promise<unknown[]> {
  // The times of a checkout's payments are a set.
  const columns = sql.join(
    kept.map((name) => (name === 'paidAt' ? sql`arrayMap(t -> arraySort(t), paidAt)` : sql.ref(name))),
  )
  const { rows } = await sql`
    SELECT merchantNo, day, arraySort(arrayMap(c -> toString(c), arrayZip(${columns}))) AS checkouts
    FROM rolled_checkouts FINAL WHERE notEmpty(at) ORDER BY merchantNo, day`.execute(store.db)
  const { rows: terminals } = await sql`
    SELECT * FROM terminals_seen FINAL ORDER BY merchantNo, terminalNo`.execute(store.db)
  return [...rows, ...terminals]
}

async function rollSince(since: number, rolledTo: number, by = store): Promise<void> {
  const touched = await touchedSince(store, sql<boolean>`true`, sql<number>`${since}`)
  await roll(by, touched, () => rolledTo, { since })
}

async function forget(): Promise<void> {
  for (const table of ['checkout_events', 'rolled_checkouts', 'terminals_seen', 'rollup_progress'])
    await store.execute(sql`TRUNCATE TABLE ${sql.ref(table)}`)
}

const sent = fc.record({
  merchantNo: fc.constantFrom('a', 'a', 'a', 'b'),
  checkout: fc.nat({ max: 4 }),
  // Few places, so that payments of one customer fall within 24 h of refusals in other checkouts, and just outside. A checkout's
  // events lie within 48 h of each other (section 4).
  hours: fc.oneof(fc.constantFrom(10, 20, 23.9, 24, 30, 34, 34.1, 47, 58), fc.integer({ min: 10, max: 58 })),
  kind: fc.constantFrom('declined' as const, 'declined' as const, 'succeeded' as const, 'abandoned' as const),
  attempt: fc.integer({ min: 1, max: 2 }),
  customer: fc.constantFrom(0, 1, 1, 1, 2),
})

test.each([
  ['in temporary tables', true],
  ['within each statement', false],
])(
  'rolled up arrival by arrival, the days hold what deriving them whole gives (%s)',
  async (_how, keepsTables) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(sent, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 4 }),
        async (groups) => {
          await forget()
          let arrivals = 0
          for (const group of groups) {
            const since = arrivals + 1
            await store.insert(
              'checkout_events',
              group.map((event) => row(event, ++arrivals)),
            )
            await rollSince(since, arrivals + 1, { ...store, keepsTables })
          }
          const found = await rolled()
          await roll(store, await everyDay(store), () => arrivals + 2)
          expect(found).toEqual(await rolled())
        },
      ),
      { numRuns: rounds, endOnFailure: true },
    )
  },
  3_600_000,
)

test('an arrival costs its own checkout and its customer’s: the others of the day are carried over, not derived again', async () => {
  await forget()
  const at = (checkout: number, hours: number, customer: number, kind: Sent['kind'] = 'declined') => ({
    ...{ merchantNo: 'a', checkout, hours, kind, attempt: 1, customer },
  })
  await store.insert(
    'checkout_events',
    [at(1, 10, 1), at(2, 11, 2), at(3, 12, 0)].map((event, i) => row(event, i + 1)),
  )
  await rollSince(1, 10)
  // Amounts that deriving would mend.
  await store.execute(sql`
    INSERT INTO rolled_checkouts SELECT * REPLACE (arrayMap(x -> toUInt64(7), a) AS a, 11 AS rolledTo)
    FROM rolled_checkouts FINAL`)
  await store.insert('checkout_events', [row(at(4, 15, 1, 'succeeded'), 20)])
  await rollSince(20, 30)
  const { rows } = await sql<{ fen: number; result: string }>`
    SELECT toInt32(a) AS fen, result FROM rolled_checkouts FINAL ARRAY JOIN a, result ORDER BY fen, result`.execute(
    store.db,
  )
  expect(rows).toEqual([
    // A sale that nobody asked Huabei for.
    { fen: 0, result: 'recoveredOther' },
    { fen: 7, result: 'left' },
    { fen: 7, result: 'left' },
    { fen: 1_001, result: 'deferred' },
  ])
})

test('what is mended by rolling up everything stays mended, though a server carries over the same days meanwhile', async () => {
  await forget()
  // So far apart that they are not derived in one statement.
  const refused = (merchantNo: string, checkout: number, day: number): Sent => ({
    ...{ merchantNo, checkout, hours: day * 24 + 10, kind: 'declined', attempt: 1, customer: 0 },
  })
  await store.insert('checkout_events', [row(refused('a', 1, 0), 1), row(refused('b', 2, 18), 2)])
  await rollSince(1, 10)
  await store.execute(sql`
    INSERT INTO rolled_checkouts SELECT * REPLACE (arrayMap(x -> toUInt64(7), a) AS a, 11 AS rolledTo)
    FROM rolled_checkouts FINAL`)
  let now = 15
  await roll(store, await everyDay(store), () => now, {
    async onBatch(done) {
      if (done > 1) return
      await store.insert('checkout_events', [row(refused('a', 3, 0), 20), row(refused('b', 4, 18), 21)])
      await rollSince(20, 30)
      now = 40
    },
  })
  const { rows } = await sql<{ merchantNo: string; fen: number }>`
    SELECT merchantNo, toInt32(a) AS fen FROM rolled_checkouts FINAL ARRAY JOIN a ORDER BY merchantNo, fen`.execute(
    store.db,
  )
  expect(rows).toEqual([
    { merchantNo: 'a', fen: 1_001 },
    { merchantNo: 'a', fen: 1_003 },
    { merchantNo: 'b', fen: 1_002 },
    { merchantNo: 'b', fen: 1_004 },
  ])
})

/** Before the statement of a batch with this number, counted from 1. */
const interruptedBefore = (number: number, inserted: CheckoutEventRow): EventStore => {
  let statements = 0
  return {
    ...store,
    async execute(statement, signal) {
      statements += 1
      if (statements === number) {
        await store.insert('checkout_events', [inserted])
        await sql`SELECT 1`.execute(store.db)
      }
      await store.execute(statement, signal)
    },
  }
}

/** A round: what arrived, what it concerns, the days, the terminals, and how far it came. */
const statements = [1, 2, 3, 4, 5, 6, 7, 8]

describe.each(statements)('an event that is inserted before statement %i of a batch', (number) => {
  const of = (checkout: number, kind: Sent['kind'], hours: number, customer: number): Sent => ({
    ...{ merchantNo: 'a', checkout, hours, kind, attempt: kind === 'declined' ? 1 : 2, customer },
  })
  test.each([
    ['tells the customer of a checkout', of(1, 'declined', 12, 0), of(1, 'succeeded', 12.1, 1)],
    ['names another customer, before the first', of(1, 'succeeded', 12, 1), of(1, 'declined', 11, 2)],
    ['pays what the customer was refused', of(1, 'declined', 12, 1), of(1, 'succeeded', 12.1, 1)],
  ])('neither takes a checkout out of its day nor adds it twice, where it %s', async (_how, first, meanwhile) => {
    await forget()
    await store.insert('checkout_events', [row(first, 1)])
    await rollSince(1, 10)
    await store.insert('checkout_events', [row(of(2, 'succeeded', 14, 1), 20)])
    await rollSince(20, 25, interruptedBefore(number, row(meanwhile, 30)))
    const { rows } = await sql<{ fen: number }>`
      SELECT toInt32(firstAmount) AS fen FROM rolled_checkouts FINAL ARRAY JOIN firstAmount ORDER BY fen`.execute(
      store.db,
    )
    expect(rows).toEqual([{ fen: 1_001 }, { fen: 1_002 }])
    await rollSince(25, 40)
    const found = await rolled()
    await roll(store, await everyDay(store), () => 50)
    expect(found).toEqual(await rolled())
  })
})
