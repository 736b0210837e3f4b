/** The ingest dies under the client, again and again; at the end everything is there, once. */

import { openOutbox } from '@tillsight/terminal'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey, register } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { fastClock, Ledger } from './ledger.ts'

const kills = 2

let dir: string
let server: ServerProcess
let port = '0'
const start = async () => {
  server = await startServerProcess({ DATA_DIR: join(dir, 'data'), ADMIN_KEY: adminKey, PORT: port })
  port = new URL(server.url).port
}
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-terminal-'))
  await addRegistry(join(dir, 'data'))
  await start()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

test('an ingest that is killed while events arrive loses none of them and takes none twice', async () => {
  const problems: string[] = []
  const outbox = openOutbox({
    url: server.url,
    key: adminKey,
    file: join(dir, 'queue'),
    batchEvents: 40,
    gatherMs: 0,
    requestsInFlight: 3,
    timeoutMs: 10_000,
    clock: fastClock(),
    onProblem: ({ kind }) => problems.push(kind),
  })
  const ledger = new Ledger('898000000000001', outbox)
  await register(server, { providerId: 'p1', merchantNo: ledger.merchantNo, terminals: ledger.terminals })
  for (let kill = 0; kill < kills; kill += 1) {
    ledger.record(600)
    // In the midst of them: some were taken, most were not.
    await expect.poll(() => outbox.status().queued, { interval: 1 }).toBeLessThan(1_000)
    expect(outbox.status().queued).toBeGreaterThan(0)
    await server.kill('SIGKILL')
    ledger.record(50)
    await expect.poll(() => outbox.status().problems).toMatchObject([{ kind: 'server_away' }])
    await start()
    await outbox.flush({ timeoutMs: 60_000 })
    await ledger.verify(server)
  }
  expect(problems).toEqual(Array(kills).fill('server_away'))
  await outbox.close()
}, 180_000)
