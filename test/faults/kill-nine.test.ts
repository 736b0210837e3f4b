/** What was answered with 200 is there after the process was killed, and what was sent again is there once. */

import { Random } from '@tillsight/market/random.ts'
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey } from '../support/house.ts'
import { openLedger, pour, settle, type Batch, type Ledger } from '../support/ledger.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 2)
const seed = process.env['KILL_SEED'] ?? String(Date.now())

let dir: string
let server: ServerProcess
const start = async () => {
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
}
beforeAll(async () => {
  dir = await newDataDir('tillsight-kill-')
  await start()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

/** Begins to pour; `reached` resolves at that many answers. */
function pourUntil(ledger: Ledger, moment: number, next: () => Batch) {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let answers = 0
  const acked = () => (answers += 1) === moment && resolve(undefined)
  const poured = pour(ledger, server.url, { next, acked })
  return { poured, reached: Promise.race([promise, poured]) }
}

test(
  'an acked event survives kill -9, and nothing is counted twice',
  async () => {
    const random = new Random(seed, 'moments')
    const ledgers: Ledger[] = []
    for (let round = 0; round < rounds; round += 1) {
      // A hundred rounds need more hours than one merchant has.
      if (round % 5 === 0) ledgers.push(await openLedger(server, `898${String(round).padStart(12, '0')}`, seed))
      const ledger = ledgers.at(-1) as Ledger
      const again = ledger.again()
      const { poured, reached } = pourUntil(
        ledger,
        again.length + 5 + random.below(60),
        () => again.shift() ?? ledger.next(),
      )
      await reached
      await pause(random.below(40))
      expect(await server.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
      await poured
      expect(ledger.unsure.size, 'batches were in flight').toBeGreaterThan(0)

      await start()
      await ledger.verify(server)
      await random.pick(ledgers).verify(server)
    }
    for (const ledger of ledgers) await settle(ledger, server)
  },
  60_000 + rounds * 20_000,
)
