import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { EventStore } from '@tillsight/shared/store/connect.ts'
import type { NativeRows } from '@tillsight/shared/store/native.ts'
import { expect, test, vi } from 'vitest'
import { Busy, Committer } from './commit.ts'

/** A store whose inserts end when the test says so. */
function heldStore() {
  const inserts: { table: string; rows: number; finish(): void; fail(error?: Error): void }[] = []
  const store = {
    insertParts: (table: string, parts: readonly NativeRows[]) =>
      new Promise<void>((resolve, reject) => {
        inserts.push({
          table,
          rows: parts.reduce((sum, { count }) => sum + count, 0),
          finish: resolve,
          fail: (error = new Error('the disk is gone')) => reject(error),
        })
      }),
    rollup: { rolledTo: 0 },
  } as unknown as EventStore
  const insert = async (index: number) => {
    await expect.poll(() => inserts.length).toBeGreaterThan(index)
    const found = inserts[index]
    if (found === undefined) throw new Error('polled')
    return found
  }
  return { store, inserts, insert }
}

const incorrectData = Object.assign(new Error('can not be written'), { code: '117' })

const abandoned = (id: string): TillEvent => ({
  id,
  source: 'urn:terminal:898584058120001:10000001',
  type: 'tillsight.checkout.abandoned',
  time: Date.UTC(2026, 10, 1),
  merchantNo: '898584058120001',
  terminalNo: '10000001',
  data: { checkoutId: id },
  body: '{}',
})

const reported = (id: string): TillEvent => ({
  ...abandoned(id),
  type: 'tillsight.terminal.reported',
  data: { methods: [] },
})

const many = (n: number): TillEvent[] => Array.from({ length: n }, (_, i) => abandoned(String(i)))

/** Whether a promise has settled, asked after everything that is due has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  promise.then(
    () => (done = true),
    () => (done = true),
  )
  await new Promise((resolve) => setImmediate(resolve))
  return done
}

test('a request is not answered before its insert has ended', async () => {
  const { store, insert } = heldStore()
  const answer = new Committer(store).commit([abandoned('a')])
  const first = await insert(0)
  expect(await settled(answer)).toBe(false)
  first.finish()
  await answer
})

test('requests that come together share one insert', async () => {
  const { store, inserts, insert } = heldStore()
  const committer = new Committer(store)
  const answers = Promise.all(['a', 'b', 'c'].map((id) => committer.commit([abandoned(id)])))
  ;(await insert(0)).finish()
  await answers
  expect(inserts.map(({ rows }) => rows)).toEqual([3])
})

test('what arrives during an insert waits for the next one, not for a second beside it', async () => {
  const { store, inserts, insert } = heldStore()
  const committer = new Committer(store)
  const early = committer.commit([abandoned('a')])
  const first = await insert(0)
  const late = committer.commit([abandoned('b')])
  expect(await settled(late)).toBe(false)
  expect(inserts).toHaveLength(1)
  first.finish()
  await early
  ;(await insert(1)).finish()
  await late
})

test('a request with events for both tables is answered when both are stored', async () => {
  const { store, inserts, insert } = heldStore()
  const answer = new Committer(store).commit([abandoned('a'), reported('b')])
  ;(await insert(0)).finish()
  const second = await insert(1)
  expect(await settled(answer)).toBe(false)
  second.finish()
  await answer
  expect(inserts.map(({ table }) => table)).toEqual(['checkout_events', 'terminal_reports'])
})

test('an insert that fails fails its requests only, and the next group goes on', async () => {
  const { store, insert } = heldStore()
  const committer = new Committer(store)
  const lost = committer.commit([abandoned('a')])
  ;(await insert(0)).fail()
  await expect(lost).rejects.toThrow('gone')
  const next = committer.commit([abandoned('b')])
  ;(await insert(1)).finish()
  await next
})

test('a full queue refuses at once instead of growing', async () => {
  const { store, insert } = heldStore()
  const committer = new Committer(store)
  const first = committer.commit([abandoned('first')])
  const running = await insert(0)
  const waiting = Array.from({ length: 10 }, () => committer.commit(many(10_000)))
  await expect(committer.commit([abandoned('one too many')])).rejects.toBeInstanceOf(Busy)
  running.finish()
  await first
  for (let i = 1; i <= 5; i++) (await insert(i)).finish()
  await Promise.all(waiting)
})

test('a stop commits what was taken and takes nothing more', async () => {
  const { store, insert } = heldStore()
  const committer = new Committer(store)
  const taken = committer.commit([abandoned('a')])
  const stopped = committer.stop()
  await expect(committer.commit([abandoned('b')])).rejects.toBeInstanceOf(Busy)
  const running = await insert(0)
  expect(await settled(stopped)).toBe(false)
  running.finish()
  await Promise.all([taken, stopped])
})

test('large events fill the queue by their size, not by their number', async () => {
  const { store, inserts, insert } = heldStore()
  const committer = new Committer(store)
  const large = (id: string): TillEvent => ({ ...abandoned(id), body: 'x'.repeat(8 * 1024 * 1024 - 1024) })
  const first = committer.commit([abandoned('first')])
  const running = await insert(0)
  const waiting = Array.from({ length: 8 }, (_, i) => committer.commit([large(String(i))]))
  await expect(committer.commit([large('one too many')])).rejects.toBeInstanceOf(Busy)
  expect(committer.accepting).toBe(true)
  running.finish()
  await first
  // Two of them are as much as one insert may hold.
  for (let i = 1; i <= 4; i++) (await insert(i)).finish()
  await Promise.all(waiting)
  expect(inserts.slice(1).map(({ rows }) => rows)).toEqual([2, 2, 2, 2])
})

test('an event that the store can not take is given back to its own request alone', async () => {
  const { store, insert } = heldStore()
  const committer = new Committer(store)
  const proof = committer.commit([abandoned('proof')])
  ;(await insert(0)).finish()
  await proof
  const answers = [committer.commit([abandoned('a'), abandoned('bad')]), committer.commit([abandoned('b')])]
  ;(await insert(1)).fail(incorrectData)
  ;(await insert(2)).fail(incorrectData)
  ;(await insert(3)).finish()
  ;(await insert(4)).fail(incorrectData)
  ;(await insert(5)).finish()
  expect(await Promise.all(answers)).toEqual([[1], []])
})

test('an insert that never ends is given up, and nothing more is taken until it has ended', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { store, inserts } = heldStore()
    const committer = new Committer(store)
    const early = committer.commit([abandoned('a')])
    const late = early.catch((error: unknown) => error)
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(10)
      expect(inserts).toHaveLength(1)
    })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await late).toBeInstanceOf(Error)
    expect(committer.accepting).toBe(false)
    await expect(committer.commit([abandoned('b')])).rejects.toBeInstanceOf(Busy)
    inserts[0]?.finish()
    await vi.waitFor(() => expect(committer.accepting).toBe(true))
  } finally {
    vi.useRealTimers()
  }
})

test('nothing is called settled that waits for its insert or is in it', async () => {
  const { store, insert } = heldStore()
  const committer = new Committer(store)
  const received = Date.now()
  const early = committer.commit([abandoned('a')])
  const first = await insert(0)
  await new Promise((resolve) => setTimeout(resolve, 5))
  const late = committer.commit([abandoned('b')])
  expect(committer).toMatchObject({ isIdle: false, taken: 2 })
  expect(committer.settledTo - received).toBeLessThan(5)
  first.finish()
  await early
  const second = await insert(1)
  expect(committer.isIdle).toBe(false)
  expect(committer.settledTo).toBeLessThan(Date.now())
  second.finish()
  await late
  await expect.poll(() => committer.isIdle).toBe(true)
  expect(committer.settledTo).toBeGreaterThanOrEqual(received + 5)
})
