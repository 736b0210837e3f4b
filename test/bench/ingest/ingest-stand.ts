/** (b), `npm start` as providers post to it, and (c), the route that only parses. */

import { addRegistry } from '../../support/data-dir.ts'
import { adminKey } from '../../support/house.ts'
import { startServerProcess } from '../../support/process.ts'
import { peakMemoryOf, usageOf } from '../usage.ts'
import { eventsStoredIn } from './engine-stand.ts'
import type { Trade } from './events.ts'
import { httpContestant, mustBeEqual, openBooks, startContestant, type Shared, type Stand } from './stand.ts'

export async function ingestStand(dataDir: string, trade: Trade, shared: Shared): Promise<Stand> {
  await addRegistry(dataDir)
  const server = await startServerProcess({ DATA_DIR: dataDir, ADMIN_KEY: adminKey })
  let sent = 0
  const poster = {
    process: server,
    url: server.url,
    trade,
    keys: await openBooks(server, trade),
    cpuSeconds: () => usageOf(server.pid).cpuSeconds,
    count: (events: number) => void (sent += events),
    shared,
  }
  return {
    contestants: [1000, 100, 1].map((size, i) => httpContestant(`b${size}`, 'ingest', size, String(i), poster)),
    pid: server.pid,
    peakMemoryBytes: () => peakMemoryOf(server.pid),
    async check() {
      await server.kill('SIGTERM')
      // As it lies on the disk, read by nothing of the ingest's.
      mustBeEqual('the ingest', sent, await eventsStoredIn(dataDir))
    },
    async close() {
      await server.kill('SIGTERM')
    },
  }
}

export async function parseOnlyStand(trade: Trade, shared: Shared): Promise<Stand> {
  const process = await startContestant('parse-only')
  const poster = {
    process,
    url: process.url,
    trade,
    keys: new Map<string, string>(),
    cpuSeconds: () => usageOf(process.pid).cpuSeconds,
    count: () => {},
    shared,
  }
  return {
    contestants: [httpContestant('c', 'a route that only parses', 1, 'c', poster)],
    pid: process.pid,
    peakMemoryBytes: () => peakMemoryOf(process.pid),
    check: () => Promise.resolve(),
    async close() {
      await process.kill('SIGTERM')
    },
  }
}
