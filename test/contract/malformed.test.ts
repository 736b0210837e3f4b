/** What is no proper HTTP gets a problem document too, and what is merely unusual is understood. */

import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminKey, openHouse, type House } from '../support/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

/** Sends exactly these bytes and gives what comes back until the connection is closed. */
async function say(request: string): Promise<{ status: number; type: string; body: string }> {
  const { hostname, port } = new URL(house.url)
  const socket = connect(Number(port), hostname)
  socket.write(request)
  const answer = await text(socket)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return {
    status: Number(head.split(' ')[1]),
    type: /^content-type: *(\S+)/im.exec(head)?.[1] ?? '',
    body,
  }
}

const close = 'Connection: close\r\n\r\n'

test.each([
  ['garbage', 'what is this\r\n\r\n', 400],
  ['an unknown method', `BREW / HTTP/1.1\r\nHost: a\r\n${close}`, 400],
  [
    'a Content-Length that is no number',
    `POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n${close}`,
    400,
  ],
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n${close}`, 431],
  ['an expectation', `GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n${close}`, 417],
  ['a host that is none', `GET /api/v1/keys HTTP/1.1\r\nHost: [\r\n${close}`, 400],
  ['a host of two words', `GET /readyz HTTP/1.1\r\nHost: a b\r\n${close}`, 400],
  ['a proxy request', `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n${close}`, 405],
  ['an absolute address that is none', `GET nowhere HTTP/1.1\r\nHost: a\r\n${close}`, 400],
])('%s is answered by a problem document', async (_what, request, status) => {
  const answer = await say(request)
  expect(answer).toMatchObject({ status, type: 'application/problem+json' })
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', title: expect.any(String) as string, status })
})

test('a load balancer may ask after our health in HTTP/1.0, without a host', async () => {
  expect(await say('GET /healthz HTTP/1.0\r\n\r\n')).toMatchObject({ status: 200 })
})

test('an address in its absolute form is understood', async () => {
  const authorization = `Authorization: Bearer ${adminKey}\r\n`
  const answer = await say(
    `GET http://somewhere/api/v1/keys?x=1 HTTP/1.1\r\nHost: somewhere\r\n${authorization}${close}`,
  )
  expect(answer).toMatchObject({ status: 200, type: 'application/json' })
})

test('questions after readiness that come together share one probe', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => house.call('GET', '/readyz', { key: null })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
})
