/** Every answer of ingest and API says which request it belongs to, so that a caller and an operator can speak of the same one. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyFor, openHouse, register, type CallOptions, type House } from '../support/house.ts'
import { contentTypes } from './answers.ts'
import { abandoned, merchantNo, terminalNo } from './samples.ts'

let house: House
let merchant: string
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  merchant = await keyFor(house, { role: 'merchant', merchantNo })
})
afterAll(() => house.stop())

const wellFormed = /^[\x21-\x7e]{1,128}$/
const one = { 'content-type': contentTypes.one }
const event = (changes = {}) => JSON.stringify(abandoned(changes))
const figures = `/api/v1/merchants/${merchantNo}/lost-sales`
const range = 'from=2026-11-01&to=2026-11-02'

interface Ask {
  status: number
  method: string
  path: string
  options?: () => CallOptions
}
const asks: Ask[] = [
  { status: 200, method: 'POST', path: '/v1/events', options: () => ({ body: event(), headers: one }) },
  {
    status: 422,
    method: 'POST',
    path: '/v1/events',
    options: () => ({ body: event({ specversion: '2' }), headers: one }),
  },
  { status: 400, method: 'POST', path: '/v1/events', options: () => ({ body: '{', headers: one }) },
  { status: 401, method: 'POST', path: '/v1/events', options: () => ({ body: event(), headers: one, key: null }) },
  { status: 404, method: 'POST', path: '/v1/events', options: () => ({ body: event(), headers: one, key: merchant }) },
  { status: 405, method: 'GET', path: '/v1/events' },
  { status: 413, method: 'POST', path: '/v1/events', options: () => ({ body: ' '.repeat(6_000_000), headers: one }) },
  {
    status: 415,
    method: 'POST',
    path: '/v1/events',
    options: () => ({ body: event(), headers: { 'content-type': 'text/plain' } }),
  },
  { status: 404, method: 'GET', path: '/v1/nothing' },
  { status: 200, method: 'GET', path: '/api/v1/openapi.json', options: () => ({ key: null }) },
  { status: 200, method: 'GET', path: '/api/v1/keys' },
  { status: 200, method: 'GET', path: '/api/v1/quarantine' },
  { status: 200, method: 'GET', path: `${figures}?${range}` },
  { status: 200, method: 'GET', path: `${figures}?${range}`, options: () => ({ headers: { accept: 'text/csv' } }) },
  { status: 406, method: 'GET', path: `${figures}?${range}`, options: () => ({ headers: { accept: 'text/plain' } }) },
  { status: 400, method: 'GET', path: figures },
  { status: 401, method: 'GET', path: '/api/v1/keys', options: () => ({ key: null }) },
  { status: 404, method: 'GET', path: '/api/v1/nothing' },
  { status: 404, method: 'GET', path: '/api/v2/nothing' },
  { status: 405, method: 'PUT', path: '/api/v1/keys' },
  { status: 422, method: 'POST', path: '/api/v1/keys', options: () => ({ body: {} }) },
  { status: 204, method: 'DELETE', path: '/api/v1/providers/p1/codes/LOCAL/X1' },
]

describe.each(asks)('$status to $method $path', ({ status, method, path, options }) => {
  const ask = async (headers: Record<string, string> = {}) => {
    const own = options?.()
    const response = await house.call(method, path, { ...own, headers: { ...own?.headers, ...headers } })
    await response.arrayBuffer()
    expect(response.status).toBe(status)
    return response.headers.get('x-request-id')
  }

  test('tells an id that was made for it, another each time', async () => {
    const [first, second] = [await ask(), await ask()]
    for (const id of [first, second]) expect(id).toMatch(wellFormed)
    expect(first).not.toBe(second)
  })

  test('tells the id that the caller gave', async () => {
    expect(await ask({ 'x-request-id': 'till-7:2026.11_01' })).toBe('till-7:2026.11_01')
  })
})

const answeredTo = async (given: string) => {
  const response = await house.call('GET', '/api/v1/keys', { headers: { 'x-request-id': given } })
  expect(response.status).toBe(200)
  return response.headers.get('x-request-id')
}

test.each([
  ...['x', '7', 'A.b_c:d-E', crypto.randomUUID(), 'a/b+c=d', '<b>"x"</b>', '~!{}\\', '-'].map((id) => [id, id]),
  ['of 128 characters', 'a'.repeat(128)],
])('an id is kept: %s', async (_what, id = '') => {
  expect(await answeredTo(id)).toBe(id)
})

test.each([
  ['nothing', ''],
  ['two words', 'a b'],
  ['a tab', 'a\tb'],
  ['a list', 'one, two'],
  ['letters beyond ASCII', 'caf\u00e9'],
  ['a space beyond ASCII', '\u00a0'],
  ['129 characters', 'a'.repeat(129)],
  ['thousands of characters', 'a'.repeat(5_000)],
])('%s is no id, and another is made', async (_what, given) => {
  const answered = await answeredTo(given)
  expect(answered).toMatch(wellFormed)
  expect(answered).not.toBe(given)
})

test('spaces around an id are none of it', async () => {
  expect(await answeredTo('  till-7 ')).toBe('till-7')
})

test('requests that come at once each have their own', async () => {
  const ids = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const given = i % 2 === 0 ? { headers: { 'x-request-id': `own-${i}` } } : {}
      const response = await house.call(
        i % 3 === 0 ? 'POST' : 'GET',
        i % 3 === 0 ? '/v1/events' : '/api/v1/keys',
        given,
      )
      return { i, id: response.headers.get('x-request-id') }
    }),
  )
  expect(new Set(ids.map(({ id }) => id)).size).toBe(100)
  for (const { i, id } of ids) if (i % 2 === 0) expect(id).toBe(`own-${i}`)
})
