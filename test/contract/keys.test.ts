/** Contract section 2: keys themselves. Issued once, listed without their secrets, revoked within 5 s, found in one header only. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type House } from '../support/house.ts'
import { beginPost, statusOf } from '../support/raw-post.ts'
import { contentTypes, expectProblem, postAs } from './answers.ts'
import { sendLines } from './raw-http.ts'
import { abandoned, merchantNo, source, terminalNo } from './samples.ts'

interface Listed {
  id: string
  role: string
  providerId: string | null
  merchantNo: string | null
  terminalNo: string | null
  createdAt: string
  lastUsedAt: string | null
}

const others = '898584058120002'
let house: House
let provider: string
let merchant: string

beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  await register(house, { providerId: 'p2', merchantNo: others, terminals: [terminalNo] })
  provider = await keyFor(house, { role: 'provider', providerId: 'p1' })
  merchant = await keyFor(house, { role: 'merchant', merchantNo })
})
afterAll(() => house.stop())

const issue = (body: unknown) =>
  house.json<{ id: string; key: string }>('POST', '/api/v1/keys', { body, expected: 201 })
const listed = async (key: string) => (await house.json<{ keys: Listed[] }>('GET', '/api/v1/keys', { key })).keys

describe('issuing', () => {
  test('shows id and key, and nothing else', async () => {
    const issued = await issue({ role: 'terminal', merchantNo, terminalNo })
    expect(Object.keys(issued).sort()).toEqual(['id', 'key'])
    expect(issued.key.length).toBeGreaterThan(20)
    expect((await issue({ role: 'terminal', merchantNo, terminalNo })).key).not.toBe(issued.key)
  })

  test.each([
    ['no role', {}],
    ['the operator role', { role: 'operator' }],
    ['another role', { role: 'admin', providerId: 'p1' }],
    ['a provider without its id', { role: 'provider' }],
    ['a merchant without its number', { role: 'merchant', providerId: 'p1' }],
    ['a terminal without its number', { role: 'terminal', merchantNo }],
    ['an id of the wrong type', { role: 'provider', providerId: 7 }],
    ['a list', [{ role: 'provider', providerId: 'p1' }]],
    ['null', null],
  ])('422 for %s', async (_what, body) => {
    await expectProblem(await house.call('POST', '/api/v1/keys', { body }), 422)
  })

  test.each(['', '{', '{"role":"provider",}', '\xff'])('400 for what is no JSON: %s', async (body) => {
    const response = await house.call('POST', '/api/v1/keys', { body: Buffer.from(body, 'latin1') })
    await expectProblem(response, 400)
  })

  test.each([
    { role: 'provider', providerId: '\0' },
    { role: 'merchant', merchantNo: '\0' },
    { role: 'terminal', merchantNo, terminalNo: '\0' },
    { role: 'merchant', merchantNo: "' OR '1'='1" },
    { role: 'merchant', merchantNo: 'x'.repeat(10_000) },
    { role: 'provider', providerId: '__proto__' },
  ])('404 for a holder that can not be: %o', async (body) => {
    await expectProblem(await house.call('POST', '/api/v1/keys', { body }), 404)
  })
})

describe('listing', () => {
  test('gives what the contract names, without secrets', async () => {
    const issued = await issue({ role: 'terminal', merchantNo, terminalNo })
    const text = JSON.stringify(await listed(adminKey))
    for (const secret of [issued.key, provider, merchant, adminKey]) expect(text).not.toContain(secret)
    const found = (await listed(adminKey)).find(({ id }) => id === issued.id)
    expect(found).toEqual({
      id: issued.id,
      role: 'terminal',
      providerId: 'p1',
      merchantNo,
      terminalNo,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      lastUsedAt: null,
    })
  })

  test('a provider sees the merchant and terminal keys below it, and no others', async () => {
    await issue({ role: 'merchant', merchantNo: others })
    await issue({ role: 'terminal', merchantNo: others, terminalNo })
    const below = await listed(provider)
    expect(below.length).toBeGreaterThan(0)
    expect(below.every((key) => key.merchantNo === merchantNo && ['merchant', 'terminal'].includes(key.role))).toBe(
      true,
    )
    const all = await listed(adminKey)
    expect(all.filter((key) => key.merchantNo === merchantNo)).toHaveLength(below.length)
    expect(all.filter((key) => key.merchantNo === others)).toHaveLength(2)
  })

  test('says when a key was last used', async () => {
    const { id, key } = await issue({ role: 'merchant', merchantNo })
    await house.json('GET', `/api/v1/merchants/${merchantNo}`, { key })
    const used = (await listed(adminKey)).find((one) => one.id === id)?.lastUsedAt
    expect(Math.abs(Date.parse(used ?? '') - Date.now())).toBeLessThan(60_000)
  })
})

describe('revoking', () => {
  test.each([
    [
      'a reader',
      { role: 'merchant', merchantNo },
      (key: string) => house.call('GET', `/api/v1/merchants/${merchantNo}`, { key }),
    ],
    [
      'a poster',
      { role: 'terminal', merchantNo, terminalNo },
      (key: string) => postAs(house, contentTypes.one, JSON.stringify(abandoned()), { key }),
    ],
  ])('takes effect within 5 s, for %s that is busy', async (_what, holder, use) => {
    const { id, key } = await issue(holder)
    expect((await use(key)).status).toBe(200)
    expect((await house.call('DELETE', `/api/v1/keys/${id}`, { key: provider })).status).toBe(204)
    await expect.poll(async () => (await use(key)).status, { timeout: 5_000, interval: 100 }).toBe(401)
    expect((await listed(adminKey)).some((one) => one.id === id)).toBe(false)
    await expectProblem(await house.call('DELETE', `/api/v1/keys/${id}`), 404)
  })

  test('also for a body that was on its way before and ends after', async () => {
    const { id, key } = await issue({ role: 'terminal', merchantNo, terminalNo })
    // It is known from here on, so that the next request is let in.
    expect((await postAs(house, contentTypes.one, JSON.stringify(abandoned()), { key })).status).toBe(200)
    const body = JSON.stringify([abandoned()])
    const { socket, answer } = await beginPost(house.url, body.length, { authorization: `Bearer ${key}` })
    socket.write(body.slice(0, -1))
    expect((await house.call('DELETE', `/api/v1/keys/${id}`, { key: provider })).status).toBe(204)
    // The time that the contract gives is what is asked for here.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    socket.write(body.slice(-1))
    expect(statusOf(await answer)).toBe(401)
  })

  test("a provider revokes below itself; what is not there is answered as another's and its own is", async () => {
    const foreign = await issue({ role: 'merchant', merchantNo: others })
    const itself = (await listed(adminKey)).find(({ role }) => role === 'provider')?.id ?? ''
    const ids = [randomUUID(), foreign.id, itself, 'operator', '%00', '%27', 'x'.repeat(2000)]
    const answers = await Promise.all(
      ids.map(async (id) => expectProblem(await house.call('DELETE', `/api/v1/keys/${id}`, { key: provider }), 404)),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await house.json('GET', `/api/v1/merchants/${others}`, { key: foreign.key })
  })
})

describe('a key counts in Authorization: Bearer only:', () => {
  const path = `/api/v1/merchants/${merchantNo}`
  const status = async (headers: Record<string, string>, query = '') =>
    (await house.call('GET', path + query, { key: null, headers })).status

  test.each(['Bearer', 'bearer', 'BEARER'])('%s', async (scheme) => {
    expect(await status({ authorization: `${scheme} ${merchant}` })).toBe(200)
    expect(await status({ authorization: `${scheme}   ${merchant}` })).toBe(200)
  })

  test.each<[string, (key: string) => string]>([
    ['nothing', () => ''],
    ['only the scheme', () => 'Bearer'],
    ['no scheme', (key) => key],
    ['another scheme', (key) => `Basic ${Buffer.from(`:${key}`).toString('base64')}`],
    ['another scheme, the key in the clear', (key) => `Token ${key}`],
    ['no space', (key) => `Bearer${key}`],
    ['two keys', (key) => `Bearer ${key} ${key}`],
    ['two keys with a comma', (key) => `Bearer ${key}, Bearer ${key}`],
    ['quotes', (key) => `Bearer "${key}"`],
    ['a key in other letters', (key) => `Bearer ${key.toUpperCase()}`],
    ['half a key', (key) => `Bearer ${key.slice(0, -1)}`],
    ['a very long key', (key) => `Bearer ${key.repeat(100)}`],
  ])('401 for %s', async (_what, header) => {
    expect(await status({ authorization: header(merchant) })).toBe(401)
  })

  test.each(['key', 'api_key', 'access_token', 'authorization', 'token'])('not in the query: %s', async (name) => {
    expect(await status({}, `?${name}=${merchant}`)).toBe(401)
  })

  test.each(['x-api-key', 'cookie', 'proxy-authorization', 'x-authorization'])('not in %s', async (name) => {
    expect(await status({ [name]: `Bearer ${merchant}` })).toBe(401)
  })

  test('a second header adds nothing to the first', async () => {
    const lines = ['authorization: Bearer wrong', `authorization: Bearer ${adminKey}`]
    expect((await sendLines(house.url, [`GET ${path} HTTP/1.1`, ...lines])).status).toBe(401)
  })
})

describe('no way of writing a path widens what a key may see:', () => {
  const target = `/api/v1/merchants/${others}`
  const mine = `/api/v1/merchants/${merchantNo}`
  test.each([
    target,
    `${target}/`,
    `/${target}`,
    `${mine}/../${others}`,
    `${mine}/%2e%2e/${others}`,
    `${mine}%2F..%2F${others}`,
    `${mine}/./../${others}`,
    `${mine}\\..\\${others}`,
    `${mine}?merchantNo=${others}`.replace(merchantNo, others),
    `${target}%00`,
    `${target};x=${merchantNo}`,
    `${target}%20`,
    target.replace('8985', '%38%39%38%35'),
    target.replace('8985', '%2538985'),
    target.toUpperCase(),
    `/v1/../api/v1/merchants/${others}`,
    `/v1/events/../../api/v1/merchants/${others}`,
    `/healthz/../api/v1/merchants/${others}`,
    `${target}/terminals`,
    `${target}/terminals/${terminalNo}`,
    `${target}/lost-sales?from=2026-11-01&to=2026-11-01`,
    `${mine}/lost-sales/../../${others}/lost-sales?from=2026-11-01&to=2026-11-01`,
    `http://house${target}`,
    '*',
  ])('%s', async (path) => {
    for (const key of [merchant, provider]) {
      const answer = await sendLines(house.url, [`GET ${path} HTTP/1.1`, `authorization: Bearer ${key}`])
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.body).not.toContain('Shop')
    }
  })
})

test('a terminal key says who posts, whatever the event claims', async () => {
  const key = await keyFor(house, { role: 'terminal', merchantNo: others, terminalNo })
  const response = await postAs(house, contentTypes.one, JSON.stringify(abandoned({ source })), { key })
  const problem = await expectProblem(response, 422)
  expect(problem.rejected).toMatchObject([{ code: 'source_not_allowed' }])
})
