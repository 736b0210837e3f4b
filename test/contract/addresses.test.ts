/** Contract section 1: what is open, what is not, and that every error anywhere under /v1 and /api/v1 is a problem document. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, openHouse, register, type House } from '../support/house.ts'
import { expectProblem } from './answers.ts'
import { sendLines } from './raw-http.ts'
import { merchantNo, terminalNo } from './samples.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
})
afterAll(() => house.stop())

describe('operations', () => {
  test.each(['/healthz', '/readyz'])('%s is open', async (path) => {
    for (const key of [null, 'unknown', adminKey]) expect((await house.call('GET', path, { key })).status).toBe(200)
  })

  test('/metrics is Prometheus text, for the operator', async () => {
    await expectProblem(await house.call('GET', '/metrics', { key: null }), 401)
    const response = await house.call('GET', '/metrics')
    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([200, 'text/plain'])
    expect(await response.text()).toMatch(/^# HELP \w+ .+\n# TYPE \w+ \w+$/m)
  })

  test.each(['/healthz', '/readyz', '/metrics'])('%s is read only', async (path) => {
    const response = await house.call('DELETE', path)
    expect(response.headers.get('allow')).toContain('GET')
    await expectProblem(response, 405)
  })
})

describe('an address that is not there is a problem document, with whatever method:', () => {
  const paths = [
    '/v1',
    '/v1/',
    '/v1/event',
    '/v1/events/',
    '/v1/events/x',
    '/v1/EVENTS',
    '/v1/%00',
    '/api',
    '/api/v1',
    '/api/v1/',
    '/api/v1/unknown',
    '/api/v1/merchants',
    '/api/v1/merchants/',
    `/api/v1/merchants/${merchantNo}/`,
    `/api/v1/merchants/${merchantNo}/unknown`,
    `/api/v1/merchants/${merchantNo}/lost-sales/`,
    `/api/v1/merchants/${merchantNo}/terminals/${terminalNo}/x`,
    '/api/v1/providers',
    '/api/v1/providers/p1/codes',
    '/api/v1/providers/p1/codes/LOCAL/',
    '/api/v1/keys/',
    '/api/v1/__proto__',
    '/api/v2/merchants',
  ]
  test.each(paths.flatMap((path) => ['GET', 'POST', 'PUT', 'DELETE'].map((method) => [method, path])))(
    '%s %s',
    async (method = '', path = '') => {
      await expectProblem(await house.call(method, path), 404)
    },
  )
})

describe('names that can not be are not there:', () => {
  const names = [
    '%00',
    '%0A',
    '%FF',
    '%ZZ',
    '%',
    '..%2F..',
    "'%20OR%201=1--",
    '{p1:String}',
    '__proto__',
    'constructor',
    '%F0%9F%98%80',
    'x'.repeat(5000),
  ]
  const places = [
    '/api/v1/merchants/*',
    '/api/v1/merchants/*/terminals',
    '/api/v1/merchants/*/terminals/10000001',
    `/api/v1/merchants/${merchantNo}/terminals/*`,
    '/api/v1/merchants/*/lost-sales?from=2026-11-01&to=2026-11-01',
    '/api/v1/providers/*',
  ]
  test.each(places.flatMap((place) => names.map((name) => [place.replace('*', name)])))('%s', async (path) => {
    await expectProblem(await house.call('GET', path), 404)
  })

  test.each(names.map((name) => [name]))('nor can they be put: %s', async (name) => {
    const bodies = {
      [`/api/v1/merchants/${name}`]: { name: 'M', providerId: 'p1', mcc: '5812', region: '440106' },
      [`/api/v1/merchants/${name}/terminals/10000001`]: {},
      [`/api/v1/merchants/${merchantNo}/terminals/${name}`]: {},
      [`/api/v1/providers/${name}/codes/LOCAL/x`]: { reason: 'LIMIT' },
    }
    for (const [path, body] of Object.entries(bodies)) {
      const response = await house.call('PUT', path, { body })
      expect([404, 422]).toContain(response.status)
      await expectProblem(response, response.status)
    }
  })
})

test('a request that is hardly HTTP ends in 4xx', async () => {
  for (const line of [
    'GET /api/v1/%',
    'GET /v1/events?%',
    'POST /v1/events?a=%ZZ',
    'GET /api/v1/keys#x',
    'TRACE /v1/events',
  ]) {
    const { status } = await sendLines(house.url, [`${line} HTTP/1.1`, `authorization: Bearer ${adminKey}`])
    expect([line, status >= 400 && status < 500 ? '4xx' : status]).toEqual([line, line.includes('#') ? 200 : '4xx'])
  }
})

test('the description of the API is open, and names every address of the contract that answers', async () => {
  const { openapi, paths } = await house.json<{ openapi: string; paths: object }>('GET', '/api/v1/openapi.json', {
    key: null,
  })
  expect(openapi).toMatch(/^3\./)
  expect(Object.keys(paths)).toContain('/v1/events')
})
