/** Between the client and Tillsight: a line that is slow, a gateway that is full, and things that answer in its place. */

import { openOutbox } from '@tillsight/terminal'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminKey, openHouse, register, type House } from '../support/house.ts'
import { fastClock, Ledger } from './ledger.ts'

let dir: string
let house: House
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-terminal-'))
  house = await openHouse()
})
afterAll(async () => {
  await house.stop()
  await rm(dir, { recursive: true, force: true })
})

/** What happens to one request; `forward` is what the ingest makes of it. */
type Trouble = (forward: () => Promise<Response>, response: ServerResponse) => Promise<void>

const pass: Trouble = async (forward, response) => {
  const answer = await forward()
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
}
const say =
  (status: number, body = '', headers = {}): Trouble =>
  (_forward, response) => {
    response.writeHead(status, headers).end(body)
    return Promise.resolve()
  }
/** The ingest has them all; the client can't know. */
const afterwards =
  (spoil: (response: ServerResponse, text: string) => void): Trouble =>
  async (forward, response) => {
    spoil(response, await (await forward()).text())
  }

const troubles: Record<string, Trouble[]> = {
  slow: [
    async (forward, response) => {
      await pause(300)
      await pass(forward, response)
    },
    async (forward, response) => {
      const text = await (await forward()).text()
      response.writeHead(200)
      for (const letter of text) {
        response.write(letter)
        await pause(20)
      }
      response.end()
    },
  ],
  cut: [
    (_forward, response) => Promise.resolve(void response.destroy()),
    afterwards((response) => response.destroy()),
    afterwards((response, text) => {
      response.writeHead(200, { 'content-length': text.length })
      response.write(text.slice(0, -3), () => response.destroy())
    }),
  ],
  full: [say(503, '', { 'retry-after': '2' }), say(429, 'slow down', { 'retry-after': '1' }), say(503)],
  garbage: [
    say(200, '<html>Please sign in to the free Wi-Fi</html>'),
    say(204),
    say(302, '', { location: '/welcome' }),
    say(200, '{"accepted":1,"rejected":[]}'),
    say(400, 'Bad Request'),
    say(413),
    say(404),
    say(502, '<h1>Bad Gateway</h1>'),
    afterwards((response, text) => response.end(text.slice(0, 10))),
    afterwards((response) => response.end('{"accepted":0,"rejected":[]}')),
  ],
}

test.each(Object.entries(troubles))(
  'an ingest that is %s loses nothing and takes nothing twice',
  async (name, kinds) => {
    let n = 0
    const proxy = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { authorization = '', 'content-type': type = '', 'content-encoding': encoding = '' } = request.headers
        const headers = { authorization, 'content-type': type, 'content-encoding': encoding }
        const forward = () =>
          fetch(house.url + String(request.url), { method: 'POST', headers, body: new Uint8Array(body) })
        // Twice in trouble, then once not.
        const trouble = (n += 1) % 3 === 0 ? pass : kinds[Math.floor((n * 2) / 3) % kinds.length]
        return trouble?.(forward, response)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const outbox = openOutbox({
      url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      key: adminKey,
      file: join(dir, name),
      batchEvents: 30,
      gatherMs: 0,
      timeoutMs: 2_000,
      clock: fastClock(),
    })
    const ledger = new Ledger(`8980000000001${String(Object.keys(troubles).indexOf(name)).padStart(2, '0')}`, outbox)
    await register(house, { providerId: 'p1', merchantNo: ledger.merchantNo, terminals: ledger.terminals })
    ledger.record(300)
    await outbox.flush({ timeoutMs: 110_000 })
    expect(n).toBeGreaterThanOrEqual(20)
    await ledger.verify(house)
    await outbox.close()
    proxy.closeAllConnections()
    proxy.close()
  },
  120_000,
)
