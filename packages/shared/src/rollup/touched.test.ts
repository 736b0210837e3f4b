import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbedded, type EventStore } from '../store/connect.ts'
import type { CheckoutEventRow } from '../store/tables.ts'
import { dayMs, touchedSince } from './touched.ts'

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-touched-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

const today = Math.floor(Date.now() / dayMs) - 10

/** An event at noon of a day. */
const row = (
  merchantNo: string,
  checkoutId: string,
  day: number,
  token: string,
  receivedAt: number,
): CheckoutEventRow => ({
  ...{ merchantNo, day, checkoutId, time: day * dayMs + dayMs / 2, id: `${checkoutId} ${day}`, terminalNo: '10000001' },
  ...{ body: '{}', kind: 'succeeded', attempt: 1, amount: 1, method: 'CASH', asksHuabei: false, paidByHuabei: false },
  ...{
    codeSystem: '',
    codeValue: '',
    channelDisabled: false,
    token,
    ageBand: '',
    returning: '',
    sequence: '-1',
    receivedAt,
  },
})

test('an arrival touches the days of its checkout, and with a customer the days 24 h before each of its events', async () => {
  await store.insert('checkout_events', [
    row('a', 'known', today - 1, 'k', 100),
    row('a', 'known', today, '', 200),
    row('b', 'nobody', today - 1, '', 100),
    row('b', 'nobody', today, '', 200),
    row('c', 'before', today, 'k', 100),
  ])
  const touched = await touchedSince(store, sql<boolean>`true`, sql<number>`${200}`)
  expect(new Map([...touched].map(([merchantNo, { days }]) => [merchantNo, days]))).toEqual(
    new Map([
      ['a', [today - 2, today - 1, today]],
      ['b', [today - 1, today]],
    ]),
  )
})
