/** A ClickHouse that refuses, hangs, or loses its answers: nobody waits for ever, nothing acked is lost, nothing counts twice. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { WireEvent } from '../judge/wire-event.ts'
import { addRegistry } from '../support/data-dir.ts'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { adminKey } from '../support/house.ts'
import { expectAccepted, expectRefused, openLedger, pour, send, settle, type Ledger } from '../support/ledger.ts'
import { startServerProcess, type ServerProcess, type TestProcess } from '../support/process.ts'
import {
  standBefore,
  type Fate,
  type Insert,
  type Refusal,
  type UnrulyClickHouse,
} from '../support/unruly-clickhouse.ts'

const merchantNo = '898584058120001'
const seed = process.env['KILL_SEED'] ?? String(Date.now())

const tooManyParts: Refusal = { code: 252, type: 'TOO_MANY_PARTS' }
const memoryLimit: Refusal = { code: 241, type: 'MEMORY_LIMIT_EXCEEDED' }
const notEnoughSpace: Refusal = { code: 243, type: 'NOT_ENOUGH_SPACE' }
const readOnly: Refusal = { code: 242, type: 'TABLE_IS_READ_ONLY' }
const unreadable: Refusal = { code: 27, type: 'CANNOT_PARSE_INPUT_ASSERTION_FAILED' }
const incorrect: Refusal = { code: 117, type: 'INCORRECT_DATA' }

let dir: string
let gateway: TestProcess & { url: string }
let clickhouse: UnrulyClickHouse
let server: ServerProcess
let ledger: Ledger
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-slow-'))
  await addRegistry(join(dir, 'data'))
  gateway = await startGateway(join(dir, 'gateway'))
  clickhouse = await standBefore(gateway.url)
  const environment = { DATA_DIR: join(dir, 'data'), CLICKHOUSE_URL: clickhouse.url, ADMIN_KEY: adminKey }
  server = await startServerProcess(environment)
  ledger = await openLedger(server, merchantNo, seed)
})
afterEach(async () => {
  // Whatever went on before: the store is itself again, and what was acked is there once.
  clickhouse.behave(() => 'pass')
  await settle(ledger, server)
  // Events are committed again, so that it need not wait until nobody believes in a failure that is long ago.
  expect(await statusOf('/readyz')).toBe(200)
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await clickhouse?.stop()
  await gateway?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

const statusOf = async (path: string) => (await server.call('GET', path)).status
const expectReady = () => expect.poll(() => statusOf('/readyz'), { timeout: 30_000 }).toBe(200)

/** Of the inserts of events, the first `times` meet that fate; all others pass. */
function first(times: number, fate: Fate): (insert: Insert) => Fate {
  let left = times
  return ({ table }) => (table === 'checkout_events' && (left -= 1) >= 0 ? fate : 'pass')
}

for (const [refusal, where] of [
  // First of all tests: the server does not know yet that the quarantine takes anything.
  [incorrect, 'not even in the quarantine'],
  [unreadable, 'among the events'],
] as const) {
  test(`an event that the store can not take (${refusal.type}, ${where}) is refused, and only that one`, async () => {
    const poison = `poison-${refusal.code}`
    clickhouse.behave(({ table, data }) =>
      data.includes(poison) && (where !== 'among the events' || table === 'checkout_events') ? refusal : 'pass',
    )
    const batch = ledger.batchOf(150)
    const events = JSON.parse(batch.body) as WireEvent[]
    const [event] = events as [WireEvent]
    events.splice(77, 0, { ...event, id: poison, data: { ...event.data, checkoutId: poison } })
    // Others that may share its insert.
    const others = Array.from({ length: 10 }, () => ledger.next())
    const [answer, ...theirs] = await Promise.all([
      send(server.url, { ...batch, body: JSON.stringify(events) }),
      ...others.map((other) => send(server.url, other)),
    ])
    expect(answer?.status, answer?.text).toBe(200)
    const { accepted, rejected } = JSON.parse(answer?.text ?? '{}') as { accepted: number; rejected: unknown[] }
    expect(accepted).toBe(150)
    expect(rejected).toMatchObject([{ index: 77, id: poison, code: 'invalid_event' }])
    ledger.ack(batch)
    others.forEach((other, i) => expectAccepted(ledger, other, theirs[i]))
    expect(await statusOf('/readyz')).toBe(200)
    await ledger.verify(server)
  })
}

test('while the store refuses to take anything, nothing is acked and the figures can be read', async () => {
  const before = ledger.next()
  expectAccepted(ledger, before, await send(server.url, before))
  for (const refusal of [notEnoughSpace, readOnly, tooManyParts, memoryLimit]) {
    clickhouse.behave(() => refusal)
    const batches = Array.from({ length: 8 }, () => ledger.next())
    for (const answer of await Promise.all(batches.map((batch) => send(server.url, batch)))) expectRefused(answer)
    await expect.poll(() => statusOf('/readyz'), { timeout: 10_000 }).toBe(503)
    expect(await statusOf('/healthz')).toBe(200)
    await ledger.verify(server)
  }
})

for (const [name, fate] of [
  ['TOO_MANY_PARTS', tooManyParts],
  ['MEMORY_LIMIT_EXCEEDED', memoryLimit],
  ['a cut connection', 'cut before'],
  ['an answer cut off', 'cut after'],
] as const) {
  test(`${name} that happens twice and then stops is not seen by the sender`, async () => {
    clickhouse.behave(first(2, fate))
    const batch = ledger.next()
    expectAccepted(ledger, batch, await send(server.url, batch))
  })
}

test('an insert whose answer was lost counts once when it is sent again', async () => {
  clickhouse.behave(({ table }) => (table === 'checkout_events' ? 'cut after' : 'pass'))
  const batches = Array.from({ length: 4 }, () => ledger.next())
  for (const answer of await Promise.all(batches.map((batch) => send(server.url, batch)))) expectRefused(answer)
  clickhouse.behave(() => 'pass')
  await ledger.verify(server)
  await settle(ledger, server)
})

test('a slow store makes answers late, not wrong, and nobody waits for another one’s insert for ever', async () => {
  clickhouse.behave(() => ({ delayMs: 300 }))
  const batches = Array.from({ length: 60 }, () => ledger.next())
  const left = [...batches]
  await pour(ledger, server.url, { connections: 20, next: () => left.shift() })
  expect(ledger.unsure.size).toBe(0)
})

test('a store that hangs is answered 503 for it, and takes what is sent again', async () => {
  clickhouse.behave(({ table }) => (table === 'checkout_events' ? 'hang' : 'pass'))
  const batches = Array.from({ length: 6 }, () => ledger.next())
  // Every one of them, the ones behind the first insert included.
  for (const answer of await Promise.all(batches.map((batch) => send(server.url, batch)))) expectRefused(answer)
  expect(await statusOf('/healthz')).toBe(200)
  clickhouse.behave(() => 'pass')
  await expectReady()
})
