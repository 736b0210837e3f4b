/** Starts that fail, and stops while something hangs: no key is lost, no store is shared, and the end comes in time. */

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey, keyFor, register } from '../support/house.ts'
import { startPostgres } from '../support/postgres.ts'
import { standalone, startProcess, startServerProcess } from '../support/process.ts'

const merchantNo = '898584058120001'
const stopsWithinMs = 10_000

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tillsight-start-'))
  undo.push(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A DATA_DIR for what is not about a first start. */
async function usedDirectory(): Promise<string> {
  const path = await directory()
  await addRegistry(path)
  return path
}

const failedStart = (environment: Record<string, string>): Promise<string> =>
  startProcess(standalone, [], environment, /listening on/).then(
    async (own) => {
      await own.kill('SIGKILL')
      throw new Error('it started')
    },
    (error: unknown) => String(error),
  )

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

test('a start on a port that is taken uses up no operator key', async () => {
  const DATA_DIR = await directory()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  undo.push(() => other.close())
  const PORT = String((other.address() as AddressInfo).port)
  expect(await failedStart({ DATA_DIR, PORT })).toContain('EADDRINUSE')

  const server = await startServerProcess({ DATA_DIR })
  undo.push(() => server.kill('SIGKILL'))
  expect(server.newOperatorKey).toBeDefined()
  expect((await server.call('GET', '/api/v1/keys', { key: server.newOperatorKey ?? '' })).status).toBe(200)
  await server.kill('SIGTERM')

  const again = await startServerProcess({ DATA_DIR })
  undo.push(() => again.kill('SIGKILL'))
  expect(again.newOperatorKey).toBeUndefined()
})

test('a data directory has one process, also where only the registry is in it', async () => {
  const DATA_DIR = await usedDirectory()
  const gateway = await startGateway(await directory())
  undo.push(() => gateway.kill('SIGKILL'))
  const environment = { DATA_DIR, CLICKHOUSE_URL: gateway.url, ADMIN_KEY: adminKey }
  const server = await startServerProcess(environment)
  undo.push(() => server.kill('SIGKILL'))
  expect(await failedStart({ ...environment, PORT: '0' })).toContain('DATA_DIR is in use')

  await server.kill('SIGKILL')
  const next = await startServerProcess(environment)
  undo.push(() => next.kill('SIGKILL'))
})

test('an ADMIN_KEY that no request could carry is refused at the start, and not repeated', async () => {
  const said = await failedStart({ DATA_DIR: await directory(), PORT: '0', ADMIN_KEY: 'two words' })
  expect(said).toContain('ADMIN_KEY must be')
  expect(said).not.toContain('two words')
})

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
  const server = await startServerProcess({ DATA_DIR: await usedDirectory(), ADMIN_KEY: adminKey })
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
