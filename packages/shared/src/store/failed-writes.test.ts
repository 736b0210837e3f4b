/** A write that fails, and of which the embedded engine says nothing: it goes on as if all had been written. */

import { Session } from 'chdb'
import { sql } from 'kysely'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { connectEmbedded, type EventStore } from './connect.ts'
import type { CheckoutEventRow } from './tables.ts'

let dir: string
let store: EventStore
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-failed-writes-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterEach(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

/** Nothing that this process writes into a file may come behind so many bytes: what the engine writes of a part's files fails. */
function limitFiles(bytes: number): () => void {
  const limit = (to: number | 'unlimited') => {
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${to}:unlimited`])
  }
  limit(bytes)
  const lift = () => {
    limit('unlimited')
  }
  onTestFinished(lift)
  return lift
}

/** Less than the columns of one event take in a part, more than the block that brings it. */
const lessThanAPart = 800

const today = Math.floor(Date.now() / 86_400_000)

const event = (checkoutId: string): CheckoutEventRow => ({
  merchantNo: '898584058120001',
  day: today,
  checkoutId,
  time: Date.now(),
  id: checkoutId,
  terminalNo: '10000001',
  body: '{}',
  kind: 'declined',
  attempt: 1,
  amount: 100,
  method: 'HUABEI',
  asksHuabei: true,
  paidByHuabei: false,
  codeSystem: 'LOCAL',
  codeValue: 'POS_METHOD_NOT_IMPLEMENTED',
  channelDisabled: false,
  token: '',
  ageBand: '',
  returning: '',
  sequence: '-1',
  receivedAt: Date.now(),
})

/** All that is there, every column of it read. */
async function checkouts(): Promise<string[]> {
  const rows = await store.db
    .selectFrom('checkout_events')
    .selectAll()
    .where('receivedAt', '>', 0)
    .orderBy('checkoutId')
    .execute()
  return rows.map(({ checkoutId }) => checkoutId)
}

const many = Array.from({ length: 200 }, (_, i) => `${randomUUID()} ${i}`).sort()

const failedWrites = `SELECT sum(value) FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'`

/** Few rows wait until somebody reads. */
async function insertNow(rows: readonly CheckoutEventRow[]): Promise<void> {
  await store.insert('checkout_events', rows)
  await checkouts()
}

/** Many events, and what the engine makes of them in the background, when it can't write it. */
async function mergeThatFails(): Promise<void> {
  await insertNow(many.slice(0, 100).map(event))
  await insertNow(many.slice(100).map(event))
  // By a door of its own: the store does not hear of it.
  const engine = new Session(join(dir, 'clickhouse'))
  onTestFinished(() => engine.close())
  const failed = () => Number(engine.query(failedWrites, 'CSV') || 0)
  const before = failed()
  const lift = limitFiles(lessThanAPart)
  engine.query('OPTIMIZE TABLE checkout_events FINAL')
  lift()
  expect(failed()).toBeGreaterThan(before)
}

test('committed rows that were written in part are read when they are whole, and until then none without them', async () => {
  await insertNow([event('a')])
  const lift = limitFiles(lessThanAPart)
  await store.insert('checkout_events', [event('b')])
  await expect(checkouts()).rejects.toThrow('can not be read yet')
  await expect(store.insert('checkout_events', [event('c')]), 'more is taken').rejects.toThrow(
    'can not be inserted yet',
  )
  lift()
  expect(await checkouts()).toEqual(['a', 'b'])
  await store.insert('checkout_events', [event('c')])
  expect(await checkouts()).toEqual(['a', 'b', 'c'])
})

test('committed rows that the engine never could write are there when the store is opened again', async () => {
  await insertNow([event('a')])
  const lift = limitFiles(lessThanAPart)
  await store.insert('checkout_events', [event('b')])
  await expect(checkouts()).rejects.toThrow('can not be read yet')
  await store.close()
  await expect(connectEmbedded(join(dir, 'clickhouse'))).rejects.toThrow('could not be written')
  lift()
  store = await connectEmbedded(join(dir, 'clickhouse'))
  expect(await checkouts()).toEqual(['a', 'b'])
})

test('a statement whose rows were written in part is told, and what it wrote is gone', async () => {
  const statement = sql`INSERT INTO checkout_events (merchantNo, day, checkoutId, id) SELECT 'm', today(), 'x', 'x'`
  const lift = limitFiles(lessThanAPart)
  await expect(store.execute(statement)).rejects.toThrow('could not be written')
  lift()
  expect(await checkouts()).toEqual([])
})

test('a merge that was written in part loses nothing: who reads it, reads what it was made of', async () => {
  await mergeThatFails()
  expect(await checkouts()).toEqual(many)
  await store.insert('checkout_events', [event('z')])
  expect(await checkouts()).toEqual([...many, 'z'])
})

test('who reads after such a merge is answered, also where rows wait', async () => {
  await mergeThatFails()
  await store.insert('checkout_events', [event('z')])
  // It was inserted twice, which changes nothing.
  expect(new Set(await checkouts())).toEqual(new Set([...many, 'z']))
})

test('a merge that was written in part is noticed though nobody asks, before what it was made of is taken away', async () => {
  await mergeThatFails()
  const parts = async () =>
    (await sql`SELECT level, rows FROM system.parts WHERE table = 'checkout_events' AND active`.execute(store.db)).rows
  await expect.poll(parts, { timeout: 10_000 }).toEqual([
    { level: 0, rows: 100 },
    { level: 0, rows: 100 },
  ])
  expect(await checkouts()).toEqual(many)
})

test('many ask at once while it is mended: all are answered', async () => {
  await mergeThatFails()
  const answers = await Promise.all(Array.from({ length: 20 }, checkouts))
  for (const answer of answers) expect(answer).toEqual(many)
})

test('a merge that was written in part before anybody could look is mended when the store is opened', async () => {
  await mergeThatFails()
  await store.close()
  store = await connectEmbedded(join(dir, 'clickhouse'))
  expect(await checkouts()).toEqual(many)
})

test('nobody waits for a figure that takes long', async () => {
  const endless = sql`SELECT /* endless */ max(sipHash64(number)) FROM numbers(1000000000000)`.execute(store.db)
  const ended = expect(endless).rejects.toThrow(/cancelled|killed/)
  await mergeThatFails()
  expect(await checkouts()).toEqual(many)
  // It was begun anew.
  await store.execute(sql`KILL QUERY WHERE query LIKE 'SELECT /* endless */%' ASYNC`)
  await ended
})

test('what is aborted while it waits does not begin', async () => {
  const endless = sql`SELECT /* endless */ max(sipHash64(number)) FROM numbers(1000000000000)`.execute(store.db)
  const ended = expect(endless).rejects.toThrow(/cancelled|killed/)
  await mergeThatFails()
  const others = checkouts()
  // It fails, and what runs is waited for, for a second.
  await pause(500)
  const stop = new AbortController()
  const statement = store.execute(
    sql`INSERT INTO rollup_progress SELECT 0, max(sipHash64(number)) FROM numbers(1000000000000)`,
    stop.signal,
  )
  stop.abort()
  await expect(statement).rejects.toThrow()
  expect(await others).toEqual(many)
  await store.execute(sql`KILL QUERY WHERE query LIKE 'SELECT /* endless */%' ASYNC`)
  await ended
})

test('tables that have no room for their new definitions stay as they are', async () => {
  await insertNow(many.map(event))
  await store.execute(sql`DELETE FROM migrations WHERE name LIKE '009%'`)
  await store.close()
  const lift = limitFiles(lessThanAPart)
  await expect(connectEmbedded(join(dir, 'clickhouse'))).rejects.toThrow('EFBIG')
  lift()
  store = await connectEmbedded(join(dir, 'clickhouse'))
  expect(await checkouts()).toEqual(many)
})
