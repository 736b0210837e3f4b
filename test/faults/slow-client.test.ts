/** Clients that are slow, or mean it badly: nobody else waits for them, and the memory they take is bounded. */

import { Random } from '@tillsight/market/random.ts'
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey } from '../support/house.ts'
import { openLedger, pour, type Ledger } from '../support/ledger.ts'
import { residentMebibytes } from '../support/process-memory.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { beginPost, statusOf, write, type RawPost } from '../support/raw-post.ts'

const seed = process.env['KILL_SEED'] ?? String(Date.now())
const random = new Random(seed, 'slow')
const mebibyte = 1 << 20
/** A figure that no honest server needs for what these tests do, and that one that keeps what it is sent would exceed. */
const boundMebibytes = 400

let dir: string
let server: ServerProcess
let ledger: Ledger
let ledgers = 0
const open: RawPost[] = []
beforeAll(async () => {
  dir = await newDataDir('tillsight-slow-client-')
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
  await newLedger()
  // The engine and the compiler take their memory at the first use.
  await othersAreServed()
})
beforeEach(newLedger)
afterEach(async () => {
  for (const { socket } of open.splice(0)) socket.destroy()
  await ledger.verify(server)
  expect((await server.call('GET', '/readyz')).status).toBe(200)
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

async function newLedger(): Promise<void> {
  ledgers += 1
  ledger = await openLedger(server, `898${String(ledgers).padStart(12, '0')}`, seed)
}

async function begin(length: number | undefined, headers: Record<string, string> = {}): Promise<RawPost> {
  const post = await beginPost(server.url, length, headers)
  open.push(post)
  return post
}
const gzip = { 'content-encoding': 'gzip' }

/** Everybody else's posts are answered 200, each of them within the time that `send` waits. */
async function othersAreServed(): Promise<void> {
  let left = 40
  await pour(ledger, server.url, { connections: 4, next: () => ((left -= 1) >= 0 ? ledger.next() : undefined) })
  expect(left).toBeLessThan(0)
  expect(ledger.unsure.size).toBe(0)
}

/** What `work` adds to the server's memory while it goes on, at most, as far as looking now and then tells. */
async function growthDuring(...works: (() => Promise<unknown>)[]): Promise<number> {
  const before = await residentMebibytes(server.pid)
  let most = before
  const done = new AbortController()
  const watched = (async () => {
    while (!done.signal.aborted) {
      most = Math.max(most, await residentMebibytes(server.pid))
      await pause(50)
    }
  })()
  try {
    await together(...works)
  } finally {
    done.abort()
    await watched
  }
  return most - before
}

/** All of it to its end, also where some of it fails: the next test is another one. */
async function together(...works: (() => Promise<unknown>)[]): Promise<void> {
  const ends = await Promise.allSettled(works.map((work) => work()))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

test('300 clients that send a little and then nothing stop nobody, and cost little memory', async () => {
  const growth = await growthDuring(async () => {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const announced = await begin(5 * mebibyte)
        await write(announced.socket, '[')
        const chunked = await begin(undefined)
        await write(chunked.socket, '1\r\n[\r\n')
        const packed = await begin(undefined, gzip)
        const start = gzipSync('[').subarray(0, 11)
        await write(packed.socket, Buffer.concat([Buffer.from(`${start.length.toString(16)}\r\n`), start]))
      }),
    )
    await othersAreServed()
  })
  expect(growth).toBeLessThan(boundMebibytes)
  expect(open.filter(({ socket }) => !socket.destroyed)).toHaveLength(300)
})

/** Clients that hold what they sent for as long as they may, and come back a few times when they are sent away. */
async function halvesAreKept(): Promise<void> {
  let over = false
  const hold = async (bytes: number) => {
    for (let attempt = 0; attempt < 20 && !over; attempt += 1) {
      const { socket, answer } = await begin(5 * mebibyte)
      if (over) socket.destroy()
      await write(socket, Buffer.alloc(bytes, ' '))
      await answer
    }
  }
  const sizes = [4 * mebibyte, mebibyte, 64 * 1024, 8 * 1024].flatMap((size) => Array.from({ length: 24 }, () => size))
  const before = open.length
  await together(...sizes.map((size) => () => hold(size)), async () => {
    try {
      await expect.poll(() => open.length - before).toBeGreaterThanOrEqual(sizes.length)
      await othersAreServed()
    } finally {
      over = true
      for (const { socket } of open) socket.destroy()
    }
  })
}

test('clients that keep half of a body to themselves do not keep others out', async () => {
  // Of a gigabyte sent in two seconds, what was dropped is garbage for a while: a fast machine has more of it at once. What is
  // kept would come on top each time.
  expect(await growthDuring(halvesAreKept)).toBeLessThan(2 * boundMebibytes)
  expect(await growthDuring(halvesAreKept)).toBeLessThan(boundMebibytes)
})

test('clients that send a few bytes at a time get their 200 in the end, and are counted once', async () => {
  const batches = Array.from({ length: 40 }, () => ledger.next(4))
  const answers = Promise.all(
    batches.map(async ({ body }) => {
      const packed = random.chance(0.5)
      const bytes = packed ? gzipSync(body) : Buffer.from(body)
      const { socket, answer } = await begin(bytes.length, packed ? gzip : {})
      for (let at = 0; at < bytes.length;) {
        const next = at + 1 + random.below(20)
        await write(socket, bytes.subarray(at, next))
        at = next
        // The fault itself, and nothing that the test waits for.
        await pause(random.below(10))
      }
      return statusOf(await answer)
    }),
  )
  for (const batch of batches) ledger.unsure.delete(batch)
  await othersAreServed()
  expect(await answers).toEqual(batches.map(() => 200))
  for (const batch of batches) ledger.ack(batch)
})

test('an endless stream of packed nothing is ended by the server', async () => {
  const members = Buffer.concat(Array.from({ length: 4_096 }, () => gzipSync('')))
  const chunk = Buffer.concat([Buffer.from(`${members.length.toString(16)}\r\n`), members, Buffer.from('\r\n')])
  const most = 64 * mebibyte
  const growth = await growthDuring(
    othersAreServed,
    ...Array.from({ length: 6 }, () => async () => {
      const { socket, answer } = await begin(undefined, gzip)
      let sent = 0
      while (sent < most && (await write(socket, chunk))) sent += chunk.length
      expect(sent, 'bytes taken from one client').toBeLessThan(most)
      expect([undefined, 400, 413]).toContain(statusOf(await answer))
    }),
  )
  expect(growth).toBeLessThan(boundMebibytes)
})

test('a gzip bomb is refused with 413 and never unpacked whole', async () => {
  const bomb = await zeros(1024)
  const growth = await growthDuring(
    othersAreServed,
    ...Array.from({ length: 20 }, () => async () => {
      const { socket, answer } = await begin(bomb.length, gzip)
      await write(socket, bomb)
      // 503 where many bombs at once are more than it takes in hand.
      expect([413, 503]).toContain(statusOf(await answer))
    }),
  )
  expect(growth).toBeLessThan(boundMebibytes)
})

test('who does not read its long answer, or only slowly, keeps nobody waiting', async () => {
  const nothingOfUse = JSON.stringify(Array.from({ length: 10_000 }, () => ({})))
  const growth = await growthDuring(async () => {
    const deaf = await Promise.all(Array.from({ length: 40 }, () => begin(nothingOfUse.length)))
    for (const { socket } of deaf) {
      socket.pause()
      socket.write(nothingOfUse)
    }
    const slow = await begin(nothingOfUse.length)
    slow.socket.write(nothingOfUse)
    const readSlowly = (async () => {
      while (!slow.socket.closed) {
        slow.socket.resume()
        await pause(2)
        slow.socket.pause()
        await pause(5)
      }
      return slow.answer
    })()
    await othersAreServed()
    const answer = await readSlowly
    expect(statusOf(answer)).toBe(422)
    const { rejected } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { rejected: unknown[] }
    expect(rejected).toHaveLength(10_000)
  })
  expect(growth).toBeLessThan(boundMebibytes)
})

/** That many MiB of zeros, packed: a thousandth of them. */
async function zeros(mebibytes: number): Promise<Buffer> {
  const packed = createGzip()
  const whole = packed.toArray() as Promise<Buffer[]>
  const zero = Buffer.alloc(mebibyte)
  for (let i = 0; i < mebibytes; i += 1) {
    if (!packed.write(zero)) await new Promise((resolve) => packed.once('drain', resolve))
  }
  packed.end()
  return Buffer.concat(await whole)
}
