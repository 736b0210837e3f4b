/** Stops while something hangs: the end comes in time. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey, keyFor, register } from '../support/house.ts'
import { startPostgres } from '../support/postgres.ts'
import { startServerProcess } from '../support/process.ts'

const merchantNo = '898584058120001'
const stopsWithinMs = 10_000

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tillsight-stop-'))
  undo.push(() => rm(path, { recursive: true, force: true }))
  return path
}

const refusal = {
  specversion: '1.0',
  id: 'held',
  source: `urn:terminal:${merchantNo}:10000001`,
  type: 'tillsight.payment.declined',
  time: new Date(Date.now() - 60_000).toISOString(),
  data: {
    checkoutId: 'held',
    attempt: 1,
    amount: 8600,
    method: 'HUABEI',
    code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
  },
}
const posted = { body: JSON.stringify(refusal), headers: { 'content-type': 'application/cloudevents+json' } }

test('stores that hang are answered 503, and SIGTERM ends the process in time all the same', async () => {
  const postgres = await startPostgres()
  undo.push(() => postgres.stop())
  const gateway = await startGateway(await directory())
  undo.push(() => gateway.kill('SIGKILL'))
  const server = await startServerProcess({
    DATA_DIR: await directory(),
    CLICKHOUSE_URL: gateway.url,
    DATABASE_URL: postgres.url,
    ADMIN_KEY: adminKey,
  })
  undo.push(() => server.kill('SIGKILL'))
  await register(server, { providerId: 'p1', merchantNo, terminals: ['10000001'] })

  process.kill(gateway.pid, 'SIGSTOP')
  undo.push(() => process.kill(gateway.pid, 'SIGCONT'))
  await expect.poll(async () => (await server.call('GET', '/readyz')).status, { timeout: 15_000 }).toBe(503)
  const held = server.call('POST', '/v1/events', posted).then(
    ({ status }) => status,
    () => 'cut off',
  )
  // It waits for a store that does not answer: now the process is told to end.
  const asked = Date.now()
  expect((await server.kill('SIGTERM')).code).toBe(0)
  expect(Date.now() - asked).toBeLessThan(stopsWithinMs)
  expect([503, 'cut off']).toContain(await held)
})

test('SIGTERM ends a page that listens for changes', async () => {
  const DATA_DIR = await directory()
  await addRegistry(DATA_DIR)
  const server = await startServerProcess({ DATA_DIR, ADMIN_KEY: adminKey })
  undo.push(() => server.kill('SIGKILL'))
  await register(server, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
  const key = await keyFor(server, { role: 'merchant', merchantNo })
  const live = await server.call('GET', `/m/${merchantNo}/live`, {
    key: null,
    headers: { cookie: `tillsight_key=${key}` },
  })
  expect(live.headers.get('content-type')).toContain('text/event-stream')
  const ended = live.text().catch(() => 'cut off')

  const asked = Date.now()
  expect((await server.kill('SIGTERM')).code).toBe(0)
  expect(Date.now() - asked).toBeLessThan(5_000)
  await ended
})
