/** The till's disk: full, read-only, damaged, taken. No sale fails for it, and what is lost shows. */

import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotAQueue, openOutbox, OutboxInUse, type Outbox, type OutboxOptions, type Receipt } from './index.ts'
import { flyingClock, scriptedIngest, type FlyingClock, type ScriptedIngest } from './scripted-ingest.ts'

const mib = 1024 * 1024

let dir: string
let file: string
let clock: FlyingClock
let ingest: ScriptedIngest
let told: string[]
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tillsight-outbox-'))
  file = join(dir, 'queue')
  clock = flyingClock()
  ingest = await scriptedIngest(clock)
  told = []
})
afterEach(async () => {
  await ingest.close()
  rmSync(dir, { recursive: true })
})

/** Sends nothing by itself while the clock is held, however much is recorded. */
const open = (options: Partial<OutboxOptions> = {}) => {
  const own = told
  const onProblem: OutboxOptions['onProblem'] = ({ kind }) => own.push(kind)
  return openOutbox({ url: ingest.url, key: 'the-key', file, clock, batchEvents: 10_000, onProblem, ...options })
}

let made = 0
function record(outbox: Outbox, count: number, category = ''): Receipt[] {
  const terminal = outbox.terminal('898584058120001', '10000001')
  const data = { attempt: 1, amount: 100, method: 'CASH', items: [{ category }] } as const
  return outbox.recordAll(
    Array.from({ length: count }, () => ({
      terminal,
      type: 'tillsight.payment.succeeded',
      data: { ...data, checkoutId: String((made += 1)) },
    })),
  )
}

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0)
const diskUse = () => sizeOf(file) + sizeOf(`${file}-wal`)
const numbersTaken = () =>
  [...ingest.taken.values()]
    .map(([text]) => Number((JSON.parse(text ?? '') as { sequence: string }).sequence))
    .sort((a, b) => a - b)

test('a full queue stays within its bytes, gives up the oldest, and their numbers show as missing', async () => {
  const release = clock.hold()
  const outbox = open({ maxBytes: 8 * mib })
  let most = 0
  for (let i = 0; i < 100; i += 1) {
    // From short events to some that fill several pages.
    record(outbox, 100, '花'.repeat((i * 53) % 3_000))
    most = Math.max(most, diskUse())
  }
  expect(most).toBeLessThanOrEqual(8 * mib)
  const { dropped, queued } = outbox.status()
  expect(dropped).toBeGreaterThan(5_000)
  expect(dropped + queued).toBe(10_000)
  await expect.poll(() => told).toEqual(['queue_full'])

  release()
  await outbox.flush()
  expect(numbersTaken()).toEqual(Array.from({ length: queued }, (_, i) => dropped + 1 + i))
  expect(outbox.status()).toMatchObject({ queued: 0, dropped, problems: [] })

  // What is free is used again, or given back.
  for (let i = 0; i < 10; i += 1) {
    record(outbox, 200, 'x'.repeat(500))
    await outbox.flush()
  }
  expect(diskUse()).toBeLessThan(3 * mib)
  await outbox.close()
})

const refuseAll = (detail = '') =>
  ingest.answerWith(({ events }) => {
    const rejected = events.map(({ id }, index) => ({ index, id, code: 'too_old', detail }))
    return { status: 422, body: JSON.stringify({ accepted: 0, rejected }) }
  })

test.each([
  ['large events', 10_000, 100, ''],
  ['many events with long explanations', 700, 900, 'x'.repeat(900)],
])('refused events keep within the same bytes: %s', async (_what, bytes, count, detail) => {
  refuseAll(detail)
  const outbox = open({ maxBytes: 8 * mib })
  let most = 0
  for (let i = 0; i < 15; i += 1) {
    record(outbox, count, 'x'.repeat(bytes))
    await outbox.flush()
    most = Math.max(most, diskUse())
  }
  expect(most).toBeLessThanOrEqual(8 * mib)
  expect(outbox.status()).toMatchObject({ queued: 0, dropped: 0, refused: 15 * count })
  expect(outbox.refused()[0]).toMatchObject({ event: { sequence: String(15 * count) } })
  expect(told).toEqual([])
  await outbox.close()
})

test('the newest thousand of the refused events are kept', async () => {
  refuseAll()
  const outbox = open()
  record(outbox, 1_100)
  await outbox.flush()
  expect(outbox.refused().map(({ event }) => Number((event as { sequence: string }).sequence))).toEqual(
    Array.from({ length: 1_000 }, (_, i) => 1_100 - i),
  )
  await outbox.close()
})

test('a queue is one outbox’s at a time', async () => {
  const outbox = open()
  expect(() => open()).toThrow(OutboxInUse)
  const index = JSON.stringify(join(import.meta.dirname, 'index.ts'))
  const options = JSON.stringify({ url: ingest.url, key: 'k', file })
  const other = spawnSync(process.execPath, [
    '--input-type=module',
    '-e',
    `(await import(${index})).openOutbox(${options})`,
  ])
  expect(other.stderr.toString()).toContain('OutboxInUse')
  await outbox.close()
  await open().close()
})

test('another database is not touched', () => {
  const db = new DatabaseSync(file)
  db.exec('create table sales (amount integer); insert into sales values (1)')
  db.close()
  expect(() => open()).toThrow(NotAQueue)
  expect(new DatabaseSync(file).prepare('select amount from sales').get()).toEqual({ amount: 1 })
})

test('where the disk can’t be written, events wait in memory and are sent; when it works again they go to disk', async () => {
  const release = clock.hold()
  file = join(dir, 'not-there-yet', 'queue')
  const outbox = open()
  expect(record(outbox, 3)).toMatchObject([1, 2, 3].map(() => ({ recorded: true, durable: false })))
  await expect.poll(() => told).toEqual(['disk'])
  mkdirSync(join(dir, 'not-there-yet'))
  release()
  await outbox.flush()
  expect(ingest.taken.size).toBe(3)
  clock.pass(60_000)
  expect(record(outbox, 1)).toMatchObject([{ durable: true }])
  await outbox.flush()
  expect(outbox.status()).toMatchObject({ queued: 0, dropped: 0, problems: [] })
  const taken = numbersTaken()
  expect(taken).toEqual(taken.map((_, i) => (taken[0] ?? 0) + i))
  await outbox.close()
})

test('what an earlier process left is sent too where the disk comes back later', async () => {
  const release = clock.hold()
  let outbox = open()
  record(outbox, 3)
  await outbox.close()
  renameSync(file, join(dir, 'elsewhere'))
  mkdirSync(file)
  outbox = open()
  record(outbox, 5)
  release()
  await outbox.flush()
  expect(ingest.taken.size).toBe(5)

  rmdirSync(file)
  renameSync(join(dir, 'elsewhere'), file)
  clock.pass(60_000)
  expect(record(outbox, 1)).toMatchObject([{ durable: true }])
  await outbox.flush()
  expect(ingest.taken.size).toBe(9)
  expect(outbox.status()).toMatchObject({ queued: 0, problems: [] })
  await outbox.close()
})

test('memory has a bound too', async () => {
  clock.hold()
  file = join(dir, 'not-there', 'queue')
  const outbox = open()
  for (let i = 0; i < 10; i += 1) record(outbox, 100, 'x'.repeat(10_000))
  const { queued, dropped } = outbox.status()
  expect(queued * 10_000).toBeLessThan(5 * mib)
  expect(queued + dropped).toBe(1_000)
  await outbox.close()
})

/** Overwrites a part of the file, as a dying disk does. */
function damage(from: number, bytes: number): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.alloc(bytes, 0xa5), 0, bytes, from)
  closeSync(fd)
}

test('a damaged queue is moved aside, what can be read of it is sent, and numbers go on', async () => {
  const release = clock.hold()
  let outbox = open()
  record(outbox, 500, 'x'.repeat(300))
  await outbox.close()
  damage(20 * 4096, 4096)

  outbox = open()
  release()
  await outbox.flush()
  await expect.poll(() => told).toEqual(['queue_damaged'])
  expect(existsSync(`${file}.damaged`)).toBe(true)
  const saved = numbersTaken()
  expect(saved.length).toBeGreaterThan(450)
  expect(record(outbox, 1)).toMatchObject([{ durable: true, sequence: 501 }])
  await outbox.close()
})

test('where a file is past reading, numbers go on above all that were used', async () => {
  clock.hold()
  let outbox = open()
  record(outbox, 500)
  await outbox.close()
  writeFileSync(file, 'what a queue never looks like '.repeat(1_000))
  outbox = open()
  const [receipt] = record(outbox, 1)
  expect(receipt).toMatchObject({ durable: true })
  expect(receipt?.recorded === true && receipt.sequence).toBeGreaterThan(1_000_000_000)
  await expect.poll(() => told).toEqual(['queue_damaged'])
  await outbox.close()
})

test('damage while the till runs costs no sale, and what can be read is sent', async () => {
  const release = clock.hold()
  const outbox = open()
  for (let i = 0; i < 40; i += 1) record(outbox, 100, 'x'.repeat(1_000))
  damage(3 * 4096, 4096 * 600)
  const found = clock.now()
  for (let i = 0; i < 10; i += 1) for (const receipt of record(outbox, 10)) expect(receipt.recorded).toBe(true)
  release()
  await expect.poll(() => told).toContain('queue_damaged')
  await expect.poll(() => numbersTaken().at(-1)).toBe(4_100)
  expect(clock.now() - found, 'nobody waits for a disk that works').toBeLessThan(5_000)
  expect(numbersTaken().length).toBeGreaterThan(100)
  await outbox.close()
})

test('a file that can’t grow costs no sale', () => {
  const index = JSON.stringify(join(import.meta.dirname, 'index.ts'))
  const options = JSON.stringify({ url: ingest.url, key: 'k', file })
  const script = `
    const outbox = (await import(${index})).openOutbox(${options})
    const till = outbox.terminal('898584058120001', '10000001')
    const receipts = Array.from({ length: 1000 }, (_, i) => till.abandoned({ checkoutId: String(i) }))
    console.log(receipts.every(({ recorded }) => recorded), receipts[0].durable, receipts.at(-1).durable)
    console.log(receipts.at(-1).sequence, outbox.status().queued, outbox.status().problems[0].kind)
    process.exit()
  `
  const limited = `ulimit -f 200; exec "$0" --input-type=module -e "$1"`
  const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, script])
  expect(stdout.toString(), stderr.toString()).toBe('true true false\n1000 1000 disk\n')
})
