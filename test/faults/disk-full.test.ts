/** A disk with no room left: nothing is acked that is not stored, the process lives, and goes on by itself when there is room. */

import { connectEmbeddedRegistry } from '@tillsight/shared/registry/connect.ts'
import { Random } from '@tillsight/market/random.ts'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey, keyFor } from '../support/house.ts'
import { expectAccepted, expectRefused, openLedger, send, settle, type Ledger } from '../support/ledger.ts'
import { openSmallDisk, type DiskServer, type SmallDisk } from '../support/small-disk.ts'

/** `npm run soak` raises it. */
const rounds = Math.ceil(Number(process.env['KILL_ROUNDS'] ?? 3) / 3)
const seed = process.env['KILL_SEED'] ?? String(Date.now())
const random = new Random(seed, 'disk')
const merchantNo = '898584058120001'
const mebibyte = 1 << 20

/** What a request that hangs costs a test, at most. */
const answersWithinMs = 20_000

let disk: SmallDisk
let server: DiskServer
let ledger: Ledger
const start = async () => {
  server = await disk.startServer({ ADMIN_KEY: adminKey })
}
beforeAll(async () => {
  // What is acked stays: each round needs some room for good.
  disk = await openSmallDisk(`${160 + rounds * 8}m`)
  await addRegistry(join(disk.inside, 'data'))
  await start()
  ledger = await openLedger(server, merchantNo, seed)
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await disk?.remove()
})

const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) })

async function statusOf(path: string): Promise<number> {
  const response = await fetch(server.url + path, within(answersWithinMs))
  await response.arrayBuffer()
  return response.status
}

const expectReady = () => expect.poll(() => statusOf('/readyz'), { timeout: 30_000 }).toBe(200)

async function postOne(): Promise<void> {
  const batch = ledger.next()
  expectAccepted(ledger, batch, await send(server.url, batch))
}

/** Posts until nothing is taken any more: every answer on the way there is a whole yes or a whole no. */
async function postUntilRefused(): Promise<void> {
  for (let sent = 0; sent < 1_000; sent += 1) {
    const batch = ledger.next(2_000)
    const answer = await send(server.url, batch)
    if (answer?.status !== 200) {
      expectRefused(answer)
      return
    }
    expectAccepted(ledger, batch, answer)
  }
  throw new Error('the disk does not get full')
}

async function expectFull(): Promise<void> {
  await postUntilRefused()
  await disk.fill()
  expect(await statusOf('/readyz')).toBe(503)
  expect(await statusOf('/healthz')).toBe(200)
  // A refusal is an answer, so all of them are answered.
  const batches = Array.from({ length: 16 }, () => ledger.next())
  for (const answer of await Promise.all(batches.map((batch) => send(server.url, batch)))) expectRefused(answer)
}

/** There is room again, and that is all that anybody does. */
async function expectRecovery(): Promise<void> {
  await disk.empty()
  await expectReady()
  await postOne()
  await ledger.verify(server)
  // What could not be written does not stay, to make the disk fuller still.
  const leftovers = await readdir(join(disk.inside, 'data/clickhouse-inserts')).catch(() => [])
  expect(leftovers).toEqual([])
}

async function expectAllAfterKill(): Promise<void> {
  await server.kill('SIGKILL')
  await start()
  await expectReady()
  await ledger.verify(server)
  await settle(ledger, server)
}

test('what was acked a moment before the disk got full is in the figures, or there are none until it is', async () => {
  let refused = 0
  for (let round = 0; round < 20; round += 1) {
    await postOne()
    await disk.fill()
    const status = await server.call('GET', ledger.path).then(({ status }) => status)
    if (status === 200) await ledger.verify(server)
    else expect(status).toBe(503)
    refused += Number(status === 503)
    await disk.empty()
    await expectReady()
    await ledger.verify(server)
  }
  expect(refused, 'the disk got full before anybody looked').toBeGreaterThan(0)
})

test(
  'a full disk is answered 503, room is noticed, and every acked event is there once, also after kill -9',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      await postOne()
      // The engine wants a mebibyte before it begins; above that it runs into the end while it writes.
      await disk.fill(random.pick([0, mebibyte, mebibyte + random.below(mebibyte)]))
      await expectFull()
      await expectRecovery()
      await disk.fill(random.below(2 * mebibyte))
      await expectFull()
      await server.kill('SIGKILL')
      await disk.empty()
      await start()
      await expectRecovery()
    }
    await settle(ledger, server)
  },
  60_000 + rounds * 30_000,
)

test(
  'a disk that fills while many post: each batch is there whole, or refused',
  async () => {
    // What is acked stays: many more would not find room when the disk is emptied.
    for (let round = 0; round < Math.min(rounds, 8); round += 1) {
      await disk.fill(random.below(6 * mebibyte))
      await Promise.all(Array.from({ length: 16 }, postUntilRefused))
      expect(await statusOf('/healthz')).toBe(200)
      await ledger.verify(server)
      // Somebody sends again as soon as there is room, and is not told to wait until a failure is long ago.
      await disk.empty()
      await postOne()
      await expectRecovery()
    }
    await expectAllAfterKill()
  },
  60_000 + rounds * 30_000,
)

test('a registry without room for its next write is answered 503, and writes again when there is room', async () => {
  await postOne()
  const key = await keyFor(server, { role: 'terminal', merchantNo, terminalNo: '10000001' })
  expect((await rename('花')).status).toBe(201)
  await server.kill('SIGTERM')
  await lengthenTheLog(join(disk.inside, 'data/postgres'))
  await start()
  await expectReady()

  await disk.fill()
  // The registry's log has room for some thousand more; then it needs its next segment, and there is none.
  let refused = await changeOften()
  for (let i = 0; i < 12 && refused.ok; i += 1) refused = await changeOften()
  expect(refused.status, 'the registry has no room').toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  // The first use of a key is noted in the registry.
  const posted = await send(server.url, ledger.next(), { key })
  expectRefused(posted)
  expect(await statusOf('/readyz')).toBe(503)
  expect(await statusOf('/healthz')).toBe(200)

  await expectRecovery()
  expect((await rename('呗')).status).toBe(200)
  await expectAllAfterKill()
}, 240_000)

const rename = (name: string) => server.call('PUT', '/api/v1/providers/p2', { body: { name } })

/**
 * Each line is a transaction of its own, and writes as much to the registry's log as one can: a terminal has four texts, and none
 * begins or ends as the one before. The tables stay as large as they are.
 */
function changeOften(): Promise<Response> {
  const facts = ['花', '呗', '店'].map((letter) => letter.repeat(100))
  const lines = Array.from({ length: 2_000 }, (_, i) => {
    const fact = facts[i % facts.length]
    const texts = { serialNo: fact, vendor: fact, model: fact, firmware: fact }
    return JSON.stringify({ kind: 'terminal', merchantNo, terminalNo: '10000001', ...texts })
  })
  return fetch(`${server.url}/api/v1/registry/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
    ...within(answersWithinMs),
  })
}

test('a start on a full disk works or ends by itself, and loses nothing', async () => {
  await postOne()
  await server.kill('SIGKILL')
  await disk.fill()
  const started = await start().then(
    () => true,
    (error: unknown) => {
      // It says why, and does not wait to be found out.
      expect(String(error)).toMatch(/it ended with 1/)
      return false
    },
  )
  if (started) {
    expect(await statusOf('/healthz')).toBe(200)
    expect(await statusOf('/readyz')).toBe(503)
    await server.kill('SIGKILL')
  }
  await disk.empty()
  await start()
  await expectRecovery()
})

/**
 * Writes as much of the segment that the registry's log is in as it may be without the next one being made at the start. They
 * are of 16 MiB each, and made when three quarters of the last are written, but only at a start or a stop.
 */
async function lengthenTheLog(path: string): Promise<void> {
  const registry = await connectEmbeddedRegistry(path)
  const segment = 16 * mebibyte
  const write = async (bytes: number) => {
    const { position } = await registry
      .selectNoFrom((eb) => [
        eb.fn('pg_logical_emit_message', [eb.val(true), eb.val('test'), eb.val('x'.repeat(bytes))]).as('at'),
        eb.fn<string>('pg_wal_lsn_diff', [eb.fn('pg_current_wal_insert_lsn'), eb.val('0/0')]).as('position'),
      ])
      .executeTakeFirstOrThrow()
    return Number(position) % segment
  }
  const most = 0.74 * segment
  for (let written = await write(0); written > most || written < most - 256 * 1024;) written = await write(128 * 1024)
  await registry.destroy()
}
