/** Whatever is answered, nothing leaves the queue but by an answer that accounts for it. */

import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOutbox, type Outbox, type OutboxOptions } from './index.ts'
import {
  accept,
  flyingClock,
  scriptedIngest,
  type FlyingClock,
  type Reply,
  type ScriptedIngest,
} from './scripted-ingest.ts'

let dir: string
let clock: FlyingClock
let ingest: ScriptedIngest
let files = 0
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tillsight-outbox-'))
  clock = flyingClock()
  ingest = await scriptedIngest(clock)
})
afterEach(async () => {
  await ingest.close()
  rmSync(dir, { recursive: true })
})

const open = (options: Partial<OutboxOptions> = {}) =>
  openOutbox({ url: ingest.url, key: 'the-key', file: join(dir, `queue-${(files += 1)}`), clock, ...options })

/** In one transaction, so that they travel in one request. */
function record(outbox: Outbox, ids: readonly string[]): void {
  const terminal = outbox.terminal('898584058120001', '10000001')
  outbox.recordAll(
    ids.map((id) => ({ terminal, id, type: 'tillsight.checkout.abandoned', data: { checkoutId: `checkout ${id}` } })),
  )
}

const idsIn = ({ events }: { events: readonly { id: string }[] }) => events.map(({ id }) => id)
const sent = () => ingest.requests.map(idsIn)
/** Answers in this order, and accepts everything after. */
const inTurn = (...replies: Reply[]) => ingest.answerWith((_request, n) => replies[n - 1])
const waits = () => ingest.requests.slice(1).map(({ at }, i) => at - (ingest.requests[i]?.at ?? 0))
const refusing = (ids: readonly string[], batch: readonly string[], code = 'too_old'): Reply => ({
  status: ids.length === batch.length ? 422 : 200,
  body: JSON.stringify({
    accepted: batch.length - ids.length,
    rejected: ids.map((id) => ({ index: batch.indexOf(id), id, code, pointer: '/time', detail: 'refused' })),
  }),
})

test('what failed twice and then succeeds was sent three times, the same to the byte', async () => {
  inTurn({ status: 503 }, { cut: 'before' })
  const outbox = open()
  record(outbox, ['a', 'b'])
  await outbox.flush()
  expect(sent()).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ])
  expect(new Set(ingest.requests.map(({ raw }) => raw)).size).toBe(1)
  expect(outbox.status()).toEqual({ queued: 0, dropped: 0, refused: 0, problems: [] })
  await outbox.close()
})

test.each<[string, Reply]>([
  ['a portal’s page', { body: '<html>Please sign in</html>', headers: { 'content-type': 'text/html' } }],
  ['half an answer', { body: '{"accepted":2,"reje' }],
  ['an answer that breaks off', { body: '{"accepted":2,"rejected":[]}'.padEnd(1_000), cut: 'within' }],
  ['the wrong count', accept(3)],
  ['204', { status: 204 }],
  ['a redirect', { status: 307, headers: { location: '/elsewhere' } }],
  ['400', { status: 400 }],
  ['401', { status: 401 }],
  ['404', { status: 404 }],
  ['413', { status: 413 }],
  ['415', { status: 415 }],
  ['429', { status: 429, headers: { 'retry-after': '1' } }],
  ['500', { status: 500 }],
  ['a hung connection', { hang: true }],
])('%s removes nothing from the queue, and is told', async (_what, reply) => {
  const release = clock.hold()
  ingest.answerWith(() => reply)
  const problems: string[] = []
  const outbox = open({ timeoutMs: 100, batchEvents: 2, onProblem: ({ kind }) => problems.push(kind) })
  record(outbox, ['a', 'b'])
  await expect.poll(() => outbox.status().problems.length + Number(reply.status === 413)).toBeGreaterThan(0)
  expect(outbox.status()).toMatchObject({ queued: 2, refused: 0 })

  ingest.answerWith(() => undefined)
  release()
  await outbox.flush()
  expect([...ingest.taken.keys()]).toHaveLength(2)
  expect(outbox.status()).toMatchObject({ queued: 0, refused: 0, problems: [] })
  expect(new Set(problems).size).toBe(problems.length)
  await outbox.close()
})

test('a redirect is not followed with the key', async () => {
  let visited = false
  const elsewhere = await scriptedIngest(clock, () => ((visited = true), undefined))
  inTurn({ status: 308, headers: { location: elsewhere.url } })
  const outbox = open()
  record(outbox, ['a'])
  await outbox.flush()
  expect(visited).toBe(false)
  expect(sent()).toEqual([['a'], ['a']])
  await outbox.close()
  await elsewhere.close()
})

test('Retry-After is honoured, in seconds and as a date', async () => {
  const date = new Date(clock.now() + 600_000).toUTCString()
  inTurn({ status: 503, headers: { 'retry-after': '30' } }, { status: 429, headers: { 'retry-after': date } })
  const outbox = open()
  record(outbox, ['a'])
  await outbox.flush()
  expect(waits()[0]).toBeGreaterThanOrEqual(30_000)
  expect(ingest.requests[2]?.at).toBeGreaterThanOrEqual(Date.parse(date))
  await outbox.close()
})

test('a server that stays away is asked ever more rarely, and a refused key slowly from the start', async () => {
  inTurn(...Array.from({ length: 12 }, () => ({ status: 503 })), { status: 401 })
  const outbox = open()
  record(outbox, ['a'])
  await outbox.flush()
  expect(waits().slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(waits().slice(9, 12)).toEqual([150_000, 150_000, 150_000])
  expect(waits()[12]).toBeGreaterThanOrEqual(60_000)
  await outbox.close()
})

test('after a failure one request tries whether it is over, however many may fly', async () => {
  ingest.answerWith((_request, n) => (n < 12 ? { status: 503 } : undefined))
  const outbox = open({ requestsInFlight: 3, batchEvents: 2 })
  record(outbox, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  await outbox.flush()
  const tries = ingest.requests.slice(3, 12).map(({ at }) => at)
  expect(new Set(tries).size).toBe(tries.length)
  expect(ingest.taken.size).toBe(8)
  await outbox.close()
})

test('what is refused is told, kept apart and not sent again', async () => {
  ingest.answerWith(({ events }, n) => (n === 1 ? refusing(['b'], idsIn({ events })) : undefined))
  const told: unknown[] = []
  const outbox = open({ onRefused: ({ id, code }) => told.push([id, code]) })
  record(outbox, ['a', 'b', 'c'])
  await outbox.flush()
  record(outbox, ['d'])
  await outbox.flush()
  expect(sent()).toEqual([['a', 'b', 'c'], ['d']])
  expect(outbox.refused()).toMatchObject([
    { id: 'b', code: 'too_old', pointer: '/time', detail: 'refused', event: { data: { checkoutId: 'checkout b' } } },
  ])
  await expect.poll(() => told).toEqual([['b', 'too_old']])
  expect(outbox.status()).toMatchObject({ queued: 0, refused: 1 })
  await outbox.close()
})

test('of an event refused for holding a card number nothing but its name is kept', async () => {
  ingest.answerWith(({ events }) => refusing(['a'], idsIn({ events }), 'contains_card_number'))
  const outbox = open()
  record(outbox, ['a'])
  await outbox.flush()
  expect(outbox.refused()).toMatchObject([{ id: 'a', event: null }])
  await outbox.close()
})

test('a batch that is too large is halved until it fits', async () => {
  ingest.answerWith(({ events }) => (events.length > 2 ? { status: 413 } : undefined))
  const outbox = open()
  record(outbox, ['a', 'b', 'c', 'd', 'e'])
  await outbox.flush()
  expect(sent()).toEqual([['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c'], ['a', 'b'], ['c'], ['d', 'e']])
  await outbox.close()
})

test('on a line too slow for a batch, halves get through', async () => {
  ingest.answerWith(({ events }) => (events.length > 2 ? { hang: true } : undefined))
  const outbox = open({ timeoutMs: 50 })
  record(outbox, ['a', 'b', 'c', 'd'])
  await outbox.flush()
  expect(ingest.taken.size).toBe(4)
  await outbox.close()
})

test.each([400, 413, 500])(
  'one event that is answered with %i wherever it goes does not block the others',
  async (status) => {
    ingest.answerWith(({ events }) => (events.some(({ id }) => id === 'poison') ? { status } : undefined))
    const outbox = open()
    record(outbox, ['a', 'b', 'poison', 'c', 'd', 'e', 'f'])
    await expect.poll(() => ingest.taken.size).toBe(6)
    for (let i = 0; outbox.status().queued > 0; i += 1) {
      record(outbox, [`later ${i}`])
      await expect.poll(() => ingest.taken.size).toBe(7 + i)
    }
    expect(outbox.refused().map(({ id }) => id)).toEqual(['poison'])
    await outbox.close()
  },
)

test('when it is found out, the others travel together again', async () => {
  ingest.answerWith(({ events }) => (events.some(({ id }) => id === '7') ? { status: 400 } : undefined))
  const outbox = open({ batchEvents: 50 })
  record(
    outbox,
    Array.from({ length: 500 }, (_, i) => String(i)),
  )
  await outbox.flush()
  expect(outbox.refused().map(({ id }) => id)).toEqual(['7'])
  expect(ingest.requests.length).toBeLessThan(40)
  await outbox.close()
})

test.each([400, 413, 500])('a server that answers %i to everything is not believed', async (status) => {
  ingest.answerWith(() => ({ status }))
  const outbox = open()
  record(outbox, ['a', 'b', 'c'])
  await expect.poll(() => ingest.requests.length).toBeGreaterThan(40)
  expect(outbox.status()).toMatchObject({ queued: 3, refused: 0 })
  ingest.answerWith(() => undefined)
  await outbox.flush()
  expect(ingest.taken.size).toBe(3)
  await outbox.close()
})

type Answer = 'accept' | 'refuse some' | 'take and cut' | Reply
const anyAnswer = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Answer>('accept') },
  fc.constantFrom<Answer>(
    'refuse some',
    'take and cut',
    { cut: 'before' },
    accept(999),
    { body: '<html>' },
    { status: 204 },
  ),
  fc.constantFrom(302, 400, 401, 404, 413, 415, 429, 500, 503).map((status): Answer => ({ status })),
)

test('whatever is answered in whatever order, every event is taken or refused, and none is sent again after that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAnswer, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 3 }),
      async (answers, groups, requestsInFlight) => {
        const acked = new Set<string>()
        const refused = new Set<string>()
        const texts = new Map<string, string>()
        const broken: string[] = []
        const script = [...answers]
        ingest.answerWith(({ events }) => {
          const ids = idsIn({ events })
          for (const event of events) {
            if (acked.has(event.id)) broken.push(`${event.id} was sent after its ack`)
            const text = JSON.stringify(event)
            if ((texts.get(event.id) ?? text) !== text) broken.push(`${event.id} changed`)
            texts.set(event.id, text)
          }
          const answer = script.shift() ?? 'accept'
          if (answer === 'take and cut') return { ...accept(ids.length), cut: 'before' }
          if (typeof answer === 'object') return answer
          const out = answer === 'accept' ? [] : ids.filter((_, i) => i % 2 === 0)
          for (const id of ids) acked.add(id)
          for (const id of out) refused.add(id)
          return refusing(out, ids)
        })
        const outbox = open({ requestsInFlight, batchEvents: 4 })
        let n = 0
        for (const size of groups)
          record(
            outbox,
            Array.from({ length: size }, () => String((n += 1))),
          )
        await outbox.flush({ timeoutMs: 20_000 })
        const given = outbox.refused()
        expect(broken).toEqual([])
        expect(texts.size).toBe(n)
        expect(new Set(given.flatMap(({ id, code }) => (code === 'too_old' ? [id] : [])))).toEqual(refused)
        // Where an event was given up as poisonous, the ingest never settled it.
        const givenUp = given.filter(({ code }) => code !== 'too_old')
        expect(acked.size + givenUp.length).toBe(n)
        expect(outbox.status()).toMatchObject({ queued: 0, dropped: 0 })
        await outbox.close()
      },
    ),
    { numRuns: 150 },
  )
})

test('close waits for the answer in flight', async () => {
  const { promise: after, resolve } = Promise.withResolvers<undefined>()
  ingest.answerWith((_request, n) => (n === 1 ? { ...accept(1), after } : undefined))
  const file = join(dir, 'queue')
  let outbox = open({ file })
  record(outbox, ['a'])
  await expect.poll(() => ingest.requests.length).toBe(1)
  const closed = outbox.close()
  resolve(undefined)
  await closed
  outbox = open({ file })
  record(outbox, ['b'])
  await outbox.flush()
  expect(sent()).toEqual([['a'], ['b']])
  await outbox.close()
})

test('what was not answered when the outbox closed is sent at the next start, the same to the byte', async () => {
  const file = join(dir, 'queue')
  ingest.answerWith((_request, n) => (n === 2 ? { hang: true } : undefined))
  let outbox = open({ file })
  record(outbox, ['a'])
  await outbox.flush()
  record(outbox, ['b'])
  await expect.poll(() => ingest.requests.length).toBe(2)
  await outbox.close({ timeoutMs: 20 })
  await outbox.close()

  outbox = open({ file })
  await outbox.flush()
  expect(sent()).toEqual([['a'], ['b'], ['b']])
  expect(ingest.requests[1]?.raw).toBe(ingest.requests[2]?.raw)
  await outbox.close()
})

test('flush ends with an error where the time is up, the signal is aborted or the outbox closed', async () => {
  ingest.answerWith(() => ({ status: 503 }))
  clock.hold()
  const outbox = open()
  await outbox.flush()
  record(outbox, ['a'])
  await expect(outbox.flush({ timeoutMs: 20 })).rejects.toThrow('20 ms')
  await expect(outbox.flush({ signal: AbortSignal.abort(new Error('no more time')) })).rejects.toThrow('no more time')
  const waiting = expect(outbox.flush()).rejects.toThrow('closed')
  await outbox.close()
  await waiting
})
