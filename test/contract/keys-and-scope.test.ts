/** Contract section 2: who may do what. Each role asks for what is its own, another's, and nobody's. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type House } from '../support/house.ts'
import { contentTypes, expectProblem, postAs, verdictOn } from './answers.ts'
import { abandoned, sourceOf } from './samples.ts'

const own = { providerId: 'p1', merchantNo: '898584058120001', terminalNo: '10000001' }
const anothers = { providerId: 'p2', merchantNo: '898584058120002', terminalNo: '20000001' }
const nobodys = { providerId: 'p9', merchantNo: '898584058120009', terminalNo: '90000009' }
type Ids = typeof own

let house: House
const keys: Record<string, string> = { operator: adminKey }

beforeAll(async () => {
  house = await openHouse()
  await register(house, { ...own, terminals: [own.terminalNo, '10000002'] })
  await register(house, { ...anothers, terminals: [anothers.terminalNo] })
  keys['provider'] = await keyFor(house, { role: 'provider', providerId: own.providerId })
  keys['merchant'] = await keyFor(house, { role: 'merchant', merchantNo: own.merchantNo })
  keys['terminal'] = await keyFor(house, { role: 'terminal', merchantNo: own.merchantNo, terminalNo: own.terminalNo })
})
afterAll(() => house.stop())

const keyOf = (role: string): string => keys[role] ?? ''
const range = 'from=2026-11-01&to=2026-11-02'
const merchantRecord = { name: 'Shop', mcc: '5812', region: '440106' }

interface Endpoint {
  method: string
  path: (ids: Ids) => string
  body?: (ids: Ids) => unknown
  /** Status by role, for its own; what is not told is 404. */
  own: Partial<Record<'operator' | 'provider' | 'merchant' | 'terminal', number>>
  /** The operator's, for what is nobody's. */
  nobodys?: number
}

const read = { operator: 200, provider: 200, merchant: 200 }
const merchantPath = ({ merchantNo }: Ids) => `/api/v1/merchants/${merchantNo}`
const terminalPath = (ids: Ids) => `${merchantPath(ids)}/terminals/${ids.terminalNo}`
const providerPath = ({ providerId }: Ids) => `/api/v1/providers/${providerId}`
const codePath = (ids: Ids) => `${providerPath(ids)}/codes/LOCAL/X1`

const endpoints: Endpoint[] = [
  { method: 'GET', path: merchantPath, own: read },
  { method: 'GET', path: (ids) => `${merchantPath(ids)}/terminals`, own: read },
  { method: 'GET', path: terminalPath, own: read },
  { method: 'GET', path: (ids) => `${merchantPath(ids)}/lost-sales?${range}`, own: read },
  { method: 'GET', path: providerPath, own: { operator: 200, provider: 200 } },
  {
    method: 'PUT',
    path: terminalPath,
    body: () => ({ serialNo: 'S' }),
    own: { operator: 200, provider: 200 },
  },
  { method: 'PUT', path: codePath, body: () => ({ reason: 'LIMIT' }), own: { operator: 201, provider: 200 } },
  { method: 'DELETE', path: codePath, own: { operator: 204, provider: 204 } },
  {
    method: 'POST',
    path: () => '/api/v1/keys',
    body: ({ merchantNo }) => ({ role: 'merchant', merchantNo }),
    own: { operator: 201, provider: 201 },
  },
  {
    method: 'POST',
    path: () => '/api/v1/keys',
    body: ({ merchantNo, terminalNo }) => ({ role: 'terminal', merchantNo, terminalNo }),
    own: { operator: 201, provider: 201 },
  },
  {
    method: 'POST',
    path: () => '/api/v1/keys',
    body: ({ providerId }) => ({ role: 'provider', providerId }),
    own: { operator: 201 },
  },
  {
    method: 'PUT',
    path: merchantPath,
    body: ({ providerId }) => ({ ...merchantRecord, providerId }),
    own: { operator: 200, provider: 200 },
    nobodys: 422,
  },
]

const roles = ['operator', 'provider', 'merchant', 'terminal'] as const

describe.each(endpoints)('$method $path', ({ method, path, body, own: allowed, nobodys: forOperator = 404 }) => {
  const ask = (ids: Ids, key: string | null) =>
    house.call(method, path(ids), { key, ...(body === undefined ? {} : { body: body(ids) }) })

  test.each(roles)('as %s: its own', async (role) => {
    const response = await ask(own, keyOf(role))
    const expected = allowed[role] ?? 404
    if (expected >= 400) await expectProblem(response, expected)
    else expect(response.status).toBe(expected)
  })

  test.each(roles.slice(1))("as %s: another's is answered as nobody's is, 404", async (role) => {
    const [first, second] = [await ask(anothers, keyOf(role)), await ask(nobodys, keyOf(role))]
    expect(await expectProblem(first, 404)).toEqual(await expectProblem(second, 404))
    expect(headersOf(first)).toEqual(headersOf(second))
  })

  test("as operator: nobody's is not there", async () => {
    await expectProblem(await ask(nobodys, adminKey), forOperator)
  })

  test.each([
    ['no key', null],
    ['an unknown key', 'ts_unknown'],
  ])('with %s: 401', async (_what, key) => {
    for (const ids of [own, nobodys]) {
      const response = await ask(ids, key)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
      await expectProblem(response, 401)
    }
  })
})

/** Those that say something of what was asked for. */
const headersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'))

describe('for some roles only:', () => {
  test.each<[string, string, unknown, Partial<Record<string, number>>]>([
    ['PUT', '/api/v1/providers/p1', { name: 'P' }, { operator: 200 }],
    ['GET', '/api/v1/keys', undefined, { operator: 200, provider: 200 }],
    ['GET', '/metrics', undefined, { operator: 200 }],
    ['POST', '/api/v1/registry/import', '', { operator: 200, provider: 200 }],
  ])('%s %s', async (method, path, body, allowed) => {
    const headers = path.endsWith('import') ? { 'content-type': 'application/x-ndjson' } : {}
    for (const role of roles) {
      const response = await house.call(method, path, { key: keyOf(role), body, headers })
      if (allowed[role] === undefined) await expectProblem(response, 404)
      else expect([role, response.status]).toEqual([role, allowed[role]])
    }
  })
})

describe('posting events', () => {
  const sources: Record<string, string> = {
    'its own terminal': sourceOf(own.merchantNo, own.terminalNo),
    'another terminal of its merchant': sourceOf(own.merchantNo, '10000002'),
    'no terminal of its merchant': sourceOf(own.merchantNo, nobodys.terminalNo),
    "another's terminal": sourceOf(anothers.merchantNo, anothers.terminalNo),
    "no terminal of another's merchant": sourceOf(anothers.merchantNo, nobodys.terminalNo),
    "nobody's merchant": sourceOf(nobodys.merchantNo, nobodys.terminalNo),
  }
  const [taken, foreign, unknown] = ['accepted', 'source_not_allowed', 'unknown_terminal']
  test.each([
    ['operator', [taken, taken, unknown, taken, unknown, unknown]],
    ['provider', [taken, taken, unknown, foreign, foreign, foreign]],
    ['terminal', [taken, foreign, foreign, foreign, foreign, foreign]],
  ])('as %s', async (role, expected) => {
    const lines = Object.values(sources).map((source) => JSON.stringify(abandoned({ source })))
    const { rejected } = await verdictOn(house, lines, { key: keyOf(role) })
    const said = lines.map((_line, i) => rejected.find(({ index }) => index === i)?.code ?? taken)
    expect(Object.fromEntries(Object.keys(sources).map((what, i) => [what, said[i]]))).toEqual(
      Object.fromEntries(Object.keys(sources).map((what, i) => [what, expected[i]])),
    )
    expect(rejected.every(({ pointer }) => pointer === '/source')).toBe(true)
    const details = new Set(rejected.filter(({ code }) => code === foreign).map(({ detail }) => detail))
    expect(details.size).toBeLessThanOrEqual(1)
  })

  test('a merchant key may not post at all: 404', async () => {
    const response = await postAs(house, contentTypes.one, JSON.stringify(abandoned()), { key: keyOf('merchant') })
    await expectProblem(response, 404)
  })
})

describe('a provider registers under itself only:', () => {
  const put = (merchantNo: string, providerId: string, role = 'provider') =>
    house.call('PUT', `/api/v1/merchants/${merchantNo}`, { key: keyOf(role), body: { ...merchantRecord, providerId } })

  test('a new merchant of its own', async () => expect((await put('898584058120011', 'p1')).status).toBe(201))
  test('not one under another, existing or not', async () => {
    expect(await expectProblem(await put('898584058120012', 'p2'), 404)).toEqual(
      await expectProblem(await put('898584058120012', 'p9'), 404),
    )
  })
  test("not by taking another's merchant", async () => {
    await expectProblem(await put(anothers.merchantNo, 'p1'), 404)
    expect(await house.json('GET', merchantPath(anothers))).toMatchObject({ providerId: 'p2' })
  })
  test('not by giving its own away', async () => {
    await expectProblem(await put('898584058120011', 'p2'), 404)
  })
})

test('a merchant that moves takes its keys and its terminals along, at once', async () => {
  const moved = { ...own, merchantNo: '898584058120021' }
  await register(house, { ...moved, terminals: [moved.terminalNo] })
  const second = await keyFor(house, { role: 'provider', providerId: 'p2' })
  const merchant = await keyFor(house, { role: 'merchant', merchantNo: moved.merchantNo })
  const event = [JSON.stringify(abandoned({ source: sourceOf(moved.merchantNo, moved.terminalNo) }))]
  const held = async (key: string) => {
    const { keys: list } = await house.json<{ keys: { merchantNo: string }[] }>('GET', '/api/v1/keys', { key })
    return list.filter(({ merchantNo }) => merchantNo === moved.merchantNo).length
  }
  expect((await verdictOn(house, event, { key: second })).rejected).toMatchObject([{ code: 'source_not_allowed' }])
  expect([await held(keyOf('provider')), await held(second)]).toEqual([1, 0])

  await house.json('PUT', merchantPath(moved), { body: { ...merchantRecord, providerId: 'p2' } })
  expect([await held(keyOf('provider')), await held(second)]).toEqual([0, 1])
  await expectProblem(await house.call('GET', merchantPath(moved), { key: keyOf('provider') }), 404)
  expect(await house.json('GET', merchantPath(moved), { key: second })).toMatchObject({ providerId: 'p2' })
  expect(await house.json('GET', merchantPath(moved), { key: merchant })).toMatchObject({ providerId: 'p2' })
  const former = await verdictOn(house, event, { key: keyOf('provider') })
  expect(former.rejected).toMatchObject([{ code: 'source_not_allowed' }])
  expect(await verdictOn(house, event, { key: second })).toEqual({ accepted: 1, rejected: [] })
})
