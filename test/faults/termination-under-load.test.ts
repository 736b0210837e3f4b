/** SIGTERM at any moment, whoever is connected: the process ends with 0, what was answered is there, what was not counts once. */

import { Random } from '@tillsight/market/random.ts'
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey } from '../support/house.ts'
import { openLedger, pour, settle, type Batch, type Ledger } from '../support/ledger.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { hangingPost, inHand, refusesConnections, statusOf } from '../support/raw-post.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 2)
const seed = process.env['KILL_SEED'] ?? String(Date.now())
const stopsWithinMs = 10_000

let dir: string
let server: ServerProcess
const start = async () => {
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
}
beforeAll(async () => {
  dir = await newDataDir('tillsight-term-')
  await start()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

/** Pours over many connections; `stop` sends SIGTERM, waits for the end, and checks that it was one in order. */
function underLoad(ledger: Ledger, next: () => Batch, connections: number, moment: number) {
  const reached = Promise.withResolvers<undefined>()
  let answers = 0
  let asked: number | undefined
  const poured = pour(ledger, server.url, {
    connections,
    next,
    acked: () => (answers += 1) === moment && reached.resolve(undefined),
    mayRefuse: () => asked !== undefined,
  })
  return {
    reached: Promise.race([reached.promise, poured]),
    async stop() {
      asked = Date.now()
      expect(await server.kill('SIGTERM'), server.output()).toEqual({ code: 0, signal: null })
      expect(Date.now() - asked).toBeLessThan(stopsWithinMs)
      await poured
    },
  }
}

test(
  'SIGTERM at a random moment under many connections: exit 0, every acked batch is there once, a resent one too',
  async () => {
    const random = new Random(seed, 'moments')
    let ledger = await openLedger(server, '898000000000000', seed)
    for (let round = 0; round < rounds; round += 1) {
      if (round > 0 && round % 4 === 0) {
        await settle(ledger, server)
        ledger = await openLedger(server, `898${String(round).padStart(12, '0')}`, seed)
      }
      const again = ledger.again()
      const load = underLoad(
        ledger,
        () => again.shift() ?? ledger.next(random.pick([1, 20, 400])),
        8 + random.below(56),
        again.length + 5 + random.below(40),
      )
      await load.reached
      await pause(random.below(40))
      await load.stop()
      await start()
      await ledger.verify(server)
    }
    await settle(ledger, server)
  },
  60_000 + rounds * 20_000,
)

test('a full queue at SIGTERM is committed and answered, or refused: nothing of it is half there', async () => {
  const ledger = await openLedger(server, '897000000000000', seed)
  let left = 12
  const next = () => ((left -= 1), ledger.batchOf(2_000))
  const reached = Promise.withResolvers<undefined>()
  let stopping = false
  const poured = pour(ledger, server.url, {
    connections: 12,
    next: () => (left > 0 ? next() : undefined),
    acked: () => reached.resolve(undefined),
    mayRefuse: () => stopping,
  })
  await Promise.race([reached.promise, poured])
  stopping = true
  expect(await server.kill('SIGTERM'), server.output()).toEqual({ code: 0, signal: null })
  await poured
  expect(ledger.acked.size).toBeGreaterThan(0)
  await start()
  await ledger.verify(server)
  await settle(ledger, server)
})

test('clients that never finish their requests do not keep the process from ending in time', async () => {
  const ledger = await openLedger(server, '896000000000000', seed)
  const hanging = await Promise.all(Array.from({ length: 50 }, () => hangingPost(server.url, ledger.next().body)))
  const load = underLoad(ledger, () => ledger.next(), 8, 10)
  await load.reached
  await load.stop()
  for (const socket of hanging) socket.destroy()
  await start()
  await settle(ledger, server)
})

test('what is in hand under load is answered 200, though its body follows after the SIGTERM', async () => {
  const ledger = await openLedger(server, '894000000000000', seed)
  const load = underLoad(ledger, () => ledger.next(), 8, 40)
  await load.reached
  const batches = Array.from({ length: 6 }, () => ledger.next(2_000))
  const finish = await Promise.all(batches.map(({ body }) => inHand(server.url, body)))
  const stopped = load.stop()
  const answers = await Promise.all(finish.map((send) => send()))
  expect(answers.map(statusOf)).toEqual(batches.map(() => 200))
  for (const batch of batches) ledger.ack(batch)
  await stopped
  await start()
  await ledger.verify(server)
})

test('a second SIGTERM, such as Ctrl-C sends under npm, cuts nothing off', async () => {
  const ledger = await openLedger(server, '895000000000000', seed)
  const batch = ledger.next()
  const finish = await inHand(server.url, batch.body)
  void server.kill('SIGTERM')
  await expect.poll(() => refusesConnections(server.url), { timeout: 10_000 }).toBe(true)
  const ended = server.kill('SIGTERM')
  expect(statusOf(await finish())).toBe(200)
  ledger.ack(batch)
  expect(await ended, server.output()).toEqual({ code: 0, signal: null })
  await start()
  await ledger.verify(server)
})
