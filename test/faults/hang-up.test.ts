/** Clients that hang up, at every moment of a request: what they send again is counted once, and nothing of them stays. */

import { Random } from '@tillsight/market/random.ts'
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey } from '../support/house.ts'
import { openLedger, send, settle, expectAccepted, type Batch, type Ledger } from '../support/ledger.ts'
import { residentMebibytes } from '../support/process-memory.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { beginPost, type RawPost } from '../support/raw-post.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 5)
const seed = process.env['KILL_SEED'] ?? String(Date.now())
const random = new Random(seed, 'hang-up')

let dir: string
let server: ServerProcess
let ledger: Ledger
let ledgers = 0
beforeAll(async () => {
  dir = await newDataDir('tillsight-hang-up-')
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
  await newLedger()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})
afterEach(async () => {
  await expect.poll(rowsWaiting, { timeout: 10_000 }).toBe(0)
  expect((await server.call('GET', '/readyz')).status).toBe(200)
  // Nobody is told of what is everyday.
  expect(server.output()).not.toMatch(/uncaught|unhandled|error|warning/i)
})

async function newLedger(): Promise<void> {
  ledgers += 1
  ledger = await openLedger(server, `898${String(ledgers).padStart(12, '0')}`, seed)
}

async function metric(pattern: RegExp): Promise<number> {
  const response = await server.call('GET', '/metrics')
  return Number(pattern.exec(await response.text())?.[1])
}
const rowsWaiting = () => metric(/^tillsight_ingest_rows_waiting (\d+)$/m)
const accepted = () => metric(/^tillsight_ingest_events_total\{result="accepted"\} (\d+)$/m)

const begin = ({ body }: Batch) => beginPost(server.url, Buffer.byteLength(body))

/** Resolves when the bytes are with the system. */
const written = ({ socket }: RawPost, bytes: string) =>
  new Promise<void>((resolve) => socket.write(bytes, () => resolve()))

/** Politely, or with a reset. */
const hangUp = ({ socket }: RawPost) => (random.chance(0.5) ? socket.resetAndDestroy() : socket.destroy())

const moments: Record<string, (post: RawPost, batch: Batch) => Promise<unknown>> = {
  'before the body': () => Promise.resolve(),
  'before the body is whole': (post, { body }) => written(post, body.slice(0, 1 + random.below(body.length - 1))),
  'right after the body': (post, { body }) => written(post, body),
  'while the commit is under way': async (post, { body }) => {
    await written(post, body)
    await pause(random.below(30))
  },
  'when the answer begins to come': async (post, { body }) => {
    await written(post, body)
    await new Promise((resolve) => post.socket.once('data', resolve))
  },
}

for (const [moment, until] of Object.entries(moments)) {
  test(`who hangs up ${moment} and sends again is counted once`, async () => {
    await newLedger()
    const batches = Array.from({ length: 8 * rounds }, () => ledger.next())
    await Promise.all(
      batches.map(async (batch) => {
        const post = await begin(batch)
        await until(post, batch)
        hangUp(post)
        await post.answer
      }),
    )
    await expect.poll(rowsWaiting, { timeout: 10_000 }).toBe(0)
    await ledger.verify(server)
    await settle(ledger, server)
  })
}

test('who never reads the answer that was sent is counted once, also when it sends again', async () => {
  await newLedger()
  const before = await accepted()
  const batches = Array.from({ length: 20 }, () => ledger.next())
  const posts = await Promise.all(batches.map(begin))
  posts.forEach((post, i) => {
    post.socket.pause()
    post.socket.write(batches[i]?.body ?? '')
  })
  const sum = batches.reduce((total, { whole }) => total + whole.checkouts, 0)
  await expect.poll(accepted, { timeout: 30_000 }).toBe(before + sum)
  for (const post of posts) hangUp(post)
  await settle(ledger, server)
})

test(
  'thousands of hang-ups leave the memory as it was',
  async () => {
    await newLedger()
    const large = ledger.batchOf(2_000)
    const half = large.body.slice(0, large.body.length / 2)
    const hangUps = async (count: number) => {
      let left = count
      const worker = async () => {
        while ((left -= 1) >= 0) {
          const post = await begin(large)
          await written(post, half)
          hangUp(post)
          await post.answer
        }
      }
      await Promise.all(Array.from({ length: 32 }, worker))
      // The server is done with them when it answers somebody who came after.
      const batch = ledger.next()
      expectAccepted(ledger, batch, await send(server.url, batch))
    }
    const each = 250 * rounds
    await hangUps(each / 2)
    const before = await residentMebibytes(server.pid)
    await hangUps(each)
    // What they sent, all together, would be this.
    const sent = (each * half.length) / 1024 / 1024
    expect(sent).toBeGreaterThan(300)
    expect((await residentMebibytes(server.pid)) - before).toBeLessThan(sent / 2)
    await settle(ledger, server)
  },
  60_000 + rounds * 5_000,
)
