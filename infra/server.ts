/** Everything in one process on one port: ingest at /v1, API at /api/v1, dashboard at /. A value that is started and stopped. */

import { getRequestListener } from '@hono/node-server'
import { apiApp } from '@tillsight/dashboard/src/api/app.ts'
import type { Listener } from '@tillsight/dashboard/src/mount.ts'
import { ingestApp } from '@tillsight/ingest/app.ts'
import { Committer } from '@tillsight/ingest/commit.ts'
import { Telemetry } from '@tillsight/ingest/telemetry.ts'
import type { Config } from '@tillsight/shared/config.ts'
import { ensureOperatorKey } from '@tillsight/shared/registry/keys.ts'
import { Origins } from '@tillsight/shared/registry/terminals.ts'
import { openStores, provideStores } from '@tillsight/shared/stores.ts'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { operationsApp } from './operations.ts'

export interface RunningServer {
  url: string
  /** The operator key, where one was made at this start. */
  newOperatorKey: string | undefined
  /** Stops accepting, commits and answers what is in hand, closes the stores. */
  stop(): Promise<void>
}

/** A stop must be over within 10 s; what is still unanswered by then is cut off, unpromised. */
const answerWithinMs = 8_000

/** @param openPages gives what answers every other address; called when the stores are provided. */
export async function startServer(config: Config, openPages: () => Promise<Listener>): Promise<RunningServer> {
  const stores = await openStores(config)
  const newOperatorKey = await ensureOperatorKey(stores.registry, config.adminKey)
  provideStores(stores)
  const pages = await openPages()

  const telemetry = new Telemetry()
  const committer = new Committer(stores.events)
  telemetry.watchQueue(() => committer.rowsWaiting)
  const listenerOf = (app: { fetch(request: Request): Response | Promise<Response> }): Listener =>
    getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false })
  const ingest = listenerOf(
    ingestApp({ keys: stores.keys, origins: new Origins(stores.registry), committer, telemetry }),
  )
  const api = listenerOf(apiApp(stores))
  const operations = listenerOf(operationsApp(stores, telemetry))

  const inHand = new Set<ServerResponse>()
  let stopping = false
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (stopping) response.setHeader('connection', 'close')
    if (/^\/v1(?:\/|$)/.test(path) || /^\/api(?:\/|$)/.test(path)) {
      inHand.add(response)
      response.on('close', () => inHand.delete(response))
      return path.startsWith('/v1') ? ingest(request, response) : api(request, response)
    }
    if (path === '/healthz' || path === '/readyz' || path === '/metrics') return operations(request, response)
    return pages(request, response)
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  const { address, family, port } = server.address() as AddressInfo

  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    newOperatorKey,
    async stop() {
      stopping = true
      const closed = new Promise((resolve) => server.close(resolve))
      const deadline = Date.now() + answerWithinMs
      while (inHand.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10))
      await committer.stop()
      // Pages that listen for changes never end by themselves.
      server.closeAllConnections()
      await closed
      await stores.close()
    },
  }
}
