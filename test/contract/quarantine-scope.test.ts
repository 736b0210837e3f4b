/** Contract sections 2 and 4: who sees and replays what of the quarantine. What counts is whose key posted it, not whom it names. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type House } from '../support/house.ts'
import { expectProblem, verdictOn } from './answers.ts'
import { sample, sourceOf, type Event } from './samples.ts'

const [first, second] = [
  { providerId: 'p1', merchantNo: '898584058120001', terminalNo: '10000001' },
  { providerId: 'p2', merchantNo: '898584058120002', terminalNo: '20000001' },
]
type Ids = typeof first
const strange = { ...first, terminalNo: '19999999' }

let house: House
const keys: Record<string, string> = { operator: adminKey }
const keyOf = (who: string): string => keys[who] ?? ''

/** Who posts what, and why it is refused: each event comes once. */
const posts: readonly { what: string; by: string; from: Ids; code: string; changes?: Event }[] = [
  { what: 'an unknown terminal', by: 'operator', from: strange, code: 'unknown_terminal' },
  { what: 'an unknown terminal', by: 'p1', from: strange, code: 'unknown_terminal' },
  { what: 'an unknown terminal, not its own', by: 'p2', from: strange, code: 'source_not_allowed' },
  { what: "another provider's terminal", by: 'p1', from: second, code: 'source_not_allowed' },
  { what: "another provider's terminal", by: 'p2', from: first, code: 'source_not_allowed' },
  { what: "another provider's terminal", by: 't1', from: second, code: 'source_not_allowed' },
  { what: 'a terminal, not itself', by: 't1', from: strange, code: 'source_not_allowed' },
  ...['operator', 'p1', 'p2', 't1', 't2'].flatMap((by) =>
    [first, second].map((from) => ({
      what: 'a bad version',
      by,
      from,
      code: 'invalid_event',
      changes: { specversion: '2' },
    })),
  ),
]
const events = posts.map(({ from, changes }) =>
  sample('payment.declined', { source: sourceOf(from.merchantNo, from.terminalNo), ...changes }),
)

beforeAll(async () => {
  house = await openHouse()
  for (const ids of [first, second]) await register(house, { ...ids, terminals: [ids.terminalNo] })
  keys['p1'] = await keyFor(house, { role: 'provider', providerId: 'p1' })
  keys['p2'] = await keyFor(house, { role: 'provider', providerId: 'p2' })
  keys['m1'] = await keyFor(house, { role: 'merchant', merchantNo: first.merchantNo })
  keys['t1'] = await keyFor(house, { role: 'terminal', merchantNo: first.merchantNo, terminalNo: first.terminalNo })
  keys['t2'] = await keyFor(house, { role: 'terminal', merchantNo: second.merchantNo, terminalNo: second.terminalNo })
  for (const [i, { by, code }] of posts.entries()) {
    const { rejected } = await verdictOn(house, [JSON.stringify(events[i])], { key: keyOf(by) })
    expect(rejected).toMatchObject([{ code }])
  }
})
afterAll(() => house.stop())

interface Entry {
  id: string
  source: string
  event: Event
}
const list = (key: string, query = '') =>
  house.json<{ events: Entry[]; next: string | null }>('GET', `/api/v1/quarantine${query}`, { key })
const seenBy = async (key: string, query = '') => (await list(key, query)).events
const replay = (key: string, body: unknown) => house.json('POST', '/api/v1/quarantine/replay', { key, body })
const postedBy = (...who: string[]) =>
  events.filter((_event, i) => who.includes(posts[i]?.by ?? '')).map(({ id }) => id)
const idsOf = (entries: Entry[]) => entries.map(({ event }) => event['id']).sort()

describe('each sees what its own keys posted, whatever it names:', () => {
  test('the operator all', async () => {
    expect(idsOf(await seenBy(adminKey))).toEqual(events.map(({ id }) => id).sort())
  })

  test.each([
    ['p1', 't1'],
    ['p2', 't2'],
  ])("the provider %s its own and its terminals'", async (provider, terminal) => {
    expect(idsOf(await seenBy(keyOf(provider)))).toEqual(postedBy(provider, terminal).sort())
  })

  test('a provider by any key of its own, a later one too', async () => {
    const later = await keyFor(house, { role: 'provider', providerId: 'p1' })
    expect(await list(later)).toEqual(await list(keyOf('p1')))
  })

  test("a provider that asks for another's merchant what it posted itself in that name", async () => {
    const { merchantNo } = second
    const own = events.filter((_event, i) => posts[i]?.from === second && ['p1', 't1'].includes(posts[i].by))
    expect(idsOf(await seenBy(keyOf('p1'), `?merchantNo=${merchantNo}`))).toEqual(own.map(({ id }) => id).sort())
  })

  test('a new provider nothing', async () => {
    await house.json('PUT', '/api/v1/providers/p3', { body: { name: 'Three' }, expected: 201 })
    expect(await list(await keyFor(house, { role: 'provider', providerId: 'p3' }))).toEqual({ events: [], next: null })
  })
})

const addresses: [string, string, unknown][] = [
  ['GET', '/api/v1/quarantine', undefined],
  ['GET', '/api/v1/quarantine?code=unknown_terminal', undefined],
  ['POST', '/api/v1/quarantine/replay', { code: 'unknown_terminal' }],
  ['POST', '/api/v1/quarantine/replay', { ids: ['x'] }],
]
describe.each(addresses)('%s %s', (method, path, body) => {
  const ask = (key: string | null) => house.call(method, path, { key, ...(body === undefined ? {} : { body }) })

  test.each(['m1', 't1'])('is not there for %s', async (who) => {
    const nothing = await house.call(method, '/api/v1/nothing', {
      key: keyOf(who),
      ...(body === undefined ? {} : { body }),
    })
    expect(await expectProblem(await ask(keyOf(who)), 404)).toEqual(await expectProblem(nothing, 404))
  })

  test.each([
    ['no key', null],
    ['an unknown key', 'ts_unknown'],
  ])('wants a key: %s', async (_what, key) => {
    const response = await ask(key)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    await expectProblem(response, 401)
  })
})

describe("another's entries", () => {
  const none = { accepted: 0, stillRefused: 0 }

  test('are ignored where they are named by id, as ids of nobody are', async () => {
    const before = await list(adminKey)
    const own = new Set((await seenBy(keyOf('p1'))).map(({ id }) => id))
    const others = before.events.map(({ id }) => id).filter((id) => !own.has(id))
    expect(others.length).toBeGreaterThan(0)
    expect(await replay(keyOf('p1'), { ids: others })).toEqual(none)
    const [one = ''] = own
    expect(await replay(keyOf('p1'), { ids: [...others, one] })).toEqual({ accepted: 0, stillRefused: 1 })
    expect(idsOf((await list(adminKey)).events)).toEqual(idsOf(before.events))
    expect(idsOf(await seenBy(keyOf('p2')))).toEqual(postedBy('p2', 't2').sort())
  })

  test.each([
    'x',
    '',
    '0',
    '-1',
    '\0',
    '\ud800',
    '花',
    'x'.repeat(5_000),
    '__proto__',
    "' OR 1=1 --",
    crypto.randomUUID(),
  ])('nor is there one of the id %j', async (id) => {
    for (const who of ['operator', 'p1']) expect(await replay(keyOf(who), { ids: [id] })).toEqual(none)
  })

  test('are not reached by their code, though they could be accepted now', async () => {
    const path = `/api/v1/merchants/${strange.merchantNo}/terminals/${strange.terminalNo}`
    await house.json('PUT', path, { key: keyOf('p1'), body: { serialNo: 'S' }, expected: 201 })
    expect(await replay(keyOf('p2'), { code: 'unknown_terminal' })).toEqual(none)
    expect(await replay(keyOf('p1'), { code: 'unknown_terminal' })).toEqual({ accepted: 1, stillRefused: 0 })
    expect(idsOf(await seenBy(adminKey, '?code=unknown_terminal'))).toEqual(postedBy('operator').slice(0, 1))
    expect(await replay(adminKey, { code: 'unknown_terminal' })).toEqual({ accepted: 1, stillRefused: 0 })
    expect(await seenBy(adminKey, '?code=unknown_terminal')).toEqual([])
  })

  test('are not told by a page that another may see', async () => {
    for (let i = 0; i < 4; i += 1) {
      const bad = Array.from({ length: 500 }, () => JSON.stringify(sample('checkout.abandoned', { specversion: '2' })))
      await verdictOn(house, bad, { key: keyOf('p2') })
    }
    const { next } = await list(keyOf('p2'))
    expect(next).not.toBeNull()
    const response = await house.call('GET', `/api/v1/quarantine?next=${encodeURIComponent(next ?? '')}`, {
      key: keyOf('p1'),
    })
    if (response.status !== 200) return expectProblem(response, 400)
    const told = idsOf(((await response.json()) as { events: Entry[] }).events)
    expect(postedBy('p1', 't1')).toEqual(expect.arrayContaining(told))
  })
})

test('a provider replays what its terminals posted, and a bad actor gains nothing by having its own replayed', async () => {
  const figures = `/api/v1/merchants/${second.merchantNo}/lost-sales?from=2025-12-01&to=2026-12-31`
  const ids = (await seenBy(keyOf('p1'))).map(({ id }) => id)
  expect(await replay(keyOf('p1'), { ids })).toMatchObject({ stillRefused: expect.any(Number) as number })
  const named = (await seenBy(keyOf('p1'))).filter(({ source }) => source.includes(second.merchantNo))
  expect(named).toHaveLength(4)
  expect(await house.json('GET', figures)).toMatchObject({ totals: { attempted: { checkouts: 0 } } })
})

test('what a key posted is still there for its provider when the key is revoked', async () => {
  const path = { role: 'terminal', merchantNo: first.merchantNo, terminalNo: first.terminalNo }
  const { id, key } = await house.json<{ id: string; key: string }>('POST', '/api/v1/keys', {
    body: path,
    expected: 201,
  })
  const event = sample('payment.declined', { source: sourceOf(first.merchantNo, first.terminalNo), specversion: '2' })
  await verdictOn(house, [JSON.stringify(event)], { key })
  await house.json('DELETE', `/api/v1/keys/${id}`, { expected: 204 })
  expect(idsOf(await seenBy(keyOf('p1')))).toContain(event['id'])
})
