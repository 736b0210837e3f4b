/** What a till that is a page sends, seen by what reaches the ingest. */

import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BrowserOutbox } from './browser-outbox.ts'
import { BrowserStore } from './browser-store.ts'
import { flyingClock, scriptedIngest, type FlyingClock, type Reply, type ScriptedIngest } from './scripted-ingest.ts'

let clock: FlyingClock
let ingest: ScriptedIngest
let store: BrowserStore
let databases = 0
beforeEach(async () => {
  clock = flyingClock()
  ingest = await scriptedIngest(clock)
  store = new BrowserStore(`outbox ${(databases += 1)}`)
})
afterEach(async () => {
  await store.close()
  await ingest.close()
})

const open = (onChange = () => {}) => BrowserOutbox.open({ store, url: ingest.url, key: 'the-key', onChange, clock })

async function record(...checkoutIds: string[]) {
  const terminal = { source: 'urn:terminal:898584058120001:TAP00001' }
  const type = 'tillsight.checkout.abandoned'
  const happenings = checkoutIds.map((checkoutId) => ({ terminal, type, data: { checkoutId } }) as const)
  return (await store.advance('note', () => ({ note: undefined, happenings }), clock.now())).queued
}

const numbers = () => ingest.requests.map(({ events }) => events.map(({ sequence }) => sequence))
const refusing = (code: string, events: readonly { id: string }[]): Reply => ({
  status: 422,
  body: JSON.stringify({ accepted: 0, rejected: events.map(({ id }, index) => ({ index, id, code })) }),
})

test('what failed twice and then succeeds was sent three times, the same to the byte', async () => {
  ingest.answerWith((_request, n) => [{ status: 503 }, { cut: 'before' } as const][n - 1])
  const outbox = await open()
  outbox.add(await record('a', 'b'))
  await outbox.sendAll(3_600_000)
  expect(numbers()).toEqual([
    ['1', '2'],
    ['1', '2'],
    ['1', '2'],
  ])
  expect(new Set(ingest.requests.map(({ raw }) => raw)).size).toBe(1)
  expect(ingest.requests[0]?.headers).toMatchObject({ authorization: 'Bearer the-key' })
  expect(outbox.status()).toEqual({ queued: 0, early: 0, problems: [] })
  await outbox.close()
  expect(await store.queued()).toEqual([])
})

test('what was not answered for is there after the page has ended, and is sent as it was', async () => {
  ingest.answerWith(() => ({ hang: true }))
  const first = await open()
  first.add(await record('a'))
  await expect.poll(() => ingest.requests.length).toBe(1)
  // The page ends here: nothing is closed.
  ingest.answerWith(() => undefined)
  await record('b')
  const second = await open()
  await second.sendAll(60_000)
  expect([...ingest.taken.values()].map((texts) => texts.size)).toEqual([1, 1])
  expect(numbers()).toEqual([['1'], ['1', '2']])
  expect(ingest.requests[1]?.raw).toContain(ingest.requests[0]?.raw.slice(1, -1))
  await second.close()
  await first.close(0)
})

test('a key that is refused removes nothing, and is told', async () => {
  const release = clock.hold()
  ingest.answerWith(() => ({ status: 401 }))
  let changes = 0
  const outbox = await open(() => (changes += 1))
  outbox.add(await record('a'))
  outbox.tryNow()
  await expect.poll(() => outbox.status()).toEqual({ queued: 1, early: 0, problems: ['key_refused'] })
  await expect.poll(() => changes).toBe(1)
  expect(await store.queued()).toHaveLength(1)

  ingest.answerWith(() => undefined)
  outbox.tryNow()
  await expect.poll(() => outbox.status()).toEqual({ queued: 0, early: 0, problems: [] })
  release()
  await outbox.close()
})

test('a line that is back is used at once, unless the server has named a later time', async () => {
  clock.hold()
  const outbox = await open()
  ingest.answerWith((_request, n) => (n < 3 ? { cut: 'before' } : undefined))
  outbox.add(await record('a'))
  for (let n = 1; n <= 3; n += 1) {
    outbox.tryNow()
    await expect.poll(() => ingest.requests.length).toBe(n)
  }
  await expect.poll(() => outbox.status().queued).toBe(0)

  ingest.answerWith(() => ({ status: 503, headers: { 'retry-after': '60' } }))
  outbox.add(await record('b'))
  outbox.tryNow()
  await expect.poll(() => outbox.status().problems).toEqual(['server_away'])
  outbox.tryNow()
  expect(ingest.requests).toHaveLength(4)
  await outbox.close()
})

test('what lies in the server’s future is kept, told, and sent again as it is', async () => {
  const release = clock.hold()
  ingest.answerWith(({ events }) => refusing('time_in_future', events))
  const outbox = await open()
  outbox.add(await record('a', 'b'))
  outbox.tryNow()
  await expect.poll(() => outbox.status()).toEqual({ queued: 2, early: 2, problems: [] })
  ingest.answerWith(({ events }) => {
    const [first] = events
    return {
      body: JSON.stringify({ accepted: 1, rejected: [{ index: 0, id: first?.id, code: 'time_in_future' }] }),
    }
  })
  outbox.tryNow()
  await expect.poll(() => outbox.status()).toEqual({ queued: 1, early: 1, problems: [] })
  expect((await store.queued()).map(({ position }) => position)).toHaveLength(1)
  ingest.answerWith(() => undefined)
  release()
  await expect.poll(() => outbox.status()).toEqual({ queued: 0, early: 0, problems: [] })
  expect(numbers()).toEqual([['1', '2'], ['1', '2'], ['1']])
  expect(await store.refused()).toEqual([])
  await outbox.close()
})

test('what is refused for good is kept apart, and blocks nothing', async () => {
  ingest.answerWith(({ events }, n) => (n === 1 ? refusing('too_old', events) : undefined))
  const outbox = await open()
  outbox.add(await record('a'))
  await outbox.sendAll(60_000)
  outbox.add(await record('b'))
  await outbox.sendAll(60_000)
  await outbox.close()
  expect(await store.refused()).toMatchObject([{ code: 'too_old', event: { sequence: '1' } }])
  expect(await store.queued()).toEqual([])
})
