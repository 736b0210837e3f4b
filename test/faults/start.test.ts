/** Starts that fail: no key is lost, and no store is shared. */

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey } from '../support/house.ts'
import { standalone, startProcess, startServerProcess } from '../support/process.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tillsight-start-'))
  undo.push(() => rm(path, { recursive: true, force: true }))
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
  const DATA_DIR = await directory()
  await addRegistry(DATA_DIR)
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
