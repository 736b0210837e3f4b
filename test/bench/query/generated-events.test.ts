/** What the engine makes by itself is what the ingest would have written. */

import { isEvent, validate } from '@tillsight/ingest/validate.ts'
import { connectEmbedded } from '@tillsight/shared/store/connect.ts'
import { checkoutEventRow, isReport } from '@tillsight/shared/store/event-log.ts'
import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { shops } from './books.ts'
import { dateOf, startOf } from './figures.ts'
import { checkoutsFor, eventsOf, insertEvents, type Trade } from './generated-events.ts'

const checkouts = checkoutsFor(2_000)
const trade: Trade = { shops, seed: 'test', checkouts, days: 180, until: startOf(dateOf(Date.now())) }

type Row = Record<string, unknown> & { merchantNo: string; terminalNo: string; id: string; time: number; body: string }

/** A process has one embedded store. */
const directory = await mkdtemp(join(tmpdir(), 'tillsight-test-'))
const store = await connectEmbedded(join(directory, 'clickhouse'))
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

/** The log as it is when that alone is written. */
async function rowsOf(write: () => Promise<void>): Promise<Row[]> {
  await store.execute(sql`TRUNCATE TABLE checkout_events`)
  await write()
  const { rows } = await sql<Row>`SELECT *, customer FROM checkout_events ORDER BY id`.execute(store.db)
  return rows
}

const generate = (from: number, to: number, seed = trade.seed): Promise<void> =>
  store.execute(sql.raw(insertEvents({ ...trade, seed }, from, to)))

test('every generated event is stored as the ingest would store it', async () => {
  const rows = await rowsOf(() => generate(0, checkouts))
  expect(rows).toHaveLength(eventsOf(checkouts))

  const events = rows.map(({ merchantNo, terminalNo, id, time, body }) => {
    const value = {
      specversion: '1.0',
      ...{ id, source: `urn:terminal:${merchantNo}:${terminalNo}`, time: new Date(time).toISOString() },
      ...(JSON.parse(body) as { type: string; data: object; sequence: string }),
    }
    const event = validate({ value }, Date.now())
    if (!isEvent(event) || isReport(event)) throw new Error(`${JSON.stringify(value)}: ${JSON.stringify(event)}`)
    return event
  })
  const written = events.map((event, i) => checkoutEventRow(event, Number(rows[i]?.['receivedAt'])))
  expect(await rowsOf(() => store.insert('checkout_events', written))).toEqual(rows)

  const terminals = new Map(shops.map(({ merchantNo, terminals }) => [merchantNo, terminals]))
  expect(rows.filter(({ merchantNo, terminalNo }) => !terminals.get(merchantNo)?.includes(terminalNo))).toEqual([])
  const told = rows.filter(({ body }) => body.includes('"token"')).length / rows.length
  expect(told).toBeGreaterThan(0.5)
  expect(told).toBeLessThan(0.65)
})

test('the same seed gives the same events, however they are cut', async () => {
  const whole = await rowsOf(() => generate(0, checkouts))
  const parts = await rowsOf(async () => {
    await generate(checkouts / 2, checkouts)
    await generate(0, checkouts / 2)
  })
  expect(parts).toEqual(whole)
  expect(await rowsOf(() => generate(0, checkouts, 'other'))).not.toEqual(whole)
})
