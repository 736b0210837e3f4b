/** Everything in one process on one port: ingest at /v1, API at /api/v1, dashboard at /. A value that is started and stopped. */

import './thread-pool.ts'
import { getRequestListener } from '@hono/node-server'
import { apiApp } from '@tillsight/dashboard/src/api/app.ts'
import type { Listener } from '@tillsight/dashboard/src/mount.ts'
import { ingestApp } from '@tillsight/ingest/app.ts'
import { CommitWatch } from '@tillsight/ingest/commit-watch.ts'
import { Committer } from '@tillsight/ingest/commit.ts'
import { BytesInHand, RateLimits } from '@tillsight/ingest/limits.ts'
import { posterFor } from '@tillsight/ingest/post-for.ts'
import { Quarantine } from '@tillsight/ingest/quarantine.ts'
import type { Ingest } from '@tillsight/ingest/receive.ts'
import { replayer } from '@tillsight/ingest/replay.ts'
import { Telemetry } from '@tillsight/ingest/telemetry.ts'
import type { Config } from '@tillsight/shared/config.ts'
import { provideIngest } from '@tillsight/shared/ingest-port.ts'
import { ensureOperatorKey } from '@tillsight/shared/registry/keys.ts'
import { RollupJob } from '@tillsight/shared/rollup/job.ts'
import { Origins } from '@tillsight/shared/registry/terminals.ts'
import { openStores, provideStores } from '@tillsight/shared/stores.ts'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { answerMalformed, pathOf, sendProblem } from './malformed.ts'
import { operationsApp } from './operations.ts'
import { identify, logUnlessAnswered } from './request-log.ts'

export interface RunningServer {
  url: string
  /** The operator key, where one was made at this start. */
  newOperatorKey: string | undefined
  /** Stops accepting, commits and answers what is in hand, closes the stores. Over within 10 s, whatever hangs. */
  stop(): Promise<void>
}

/** What is still unanswered by then is cut off: it was never promised. */
const answerWithinMs = 7_000
const closeWithinMs = 1_000

/** Longer than a gateway or a load balancer keeps a connection (mostly 60 s), so that none sends into one that just closed. */
const idleForMs = 75_000

/** @param openPages gives what answers every other address; called when the stores are provided. */
export async function startServer(config: Config, openPages: () => Promise<Listener>): Promise<RunningServer> {
  const stores = await openStores(config)
  // A given key works from the first request on. One that has to be made waits until nothing can go wrong any more: it is
  // shown only once.
  if (config.adminKey !== undefined) await ensureOperatorKey(stores.registry, config.adminKey)

  const telemetry = new Telemetry()
  const watch = new CommitWatch()
  const committer = new Committer(stores.events, (report) => {
    telemetry.inserted(report)
    watch.inserted(report)
  })
  const rollup = new RollupJob(stores.events, committer)
  const ingest: Ingest = {
    keys: stores.keys,
    origins: new Origins(stores.registry),
    limits: new RateLimits(),
    inHand: new BytesInHand(),
    quarantine: new Quarantine(stores.events),
    committer,
    telemetry,
  }
  provideStores({ ...stores, post: posterFor(ingest) })
  const pages = await openPages()
  telemetry.watch(committer, ingest.inHand, stores.events.rollup)
  type App = { fetch: Parameters<typeof getRequestListener>[0] }
  const listenerOf = (app: App): Listener => getRequestListener((request, env) => app.fetch(request, env))
  const events = listenerOf(ingestApp(ingest))
  const replay = replayer(ingest, stores.events)
  provideIngest({ replay, backlog: () => ({ rows: committer.rowsWaiting, since: committer.waitingSince }) })
  const api = listenerOf(apiApp(stores, replay))
  const operations = listenerOf(operationsApp(stores, telemetry, () => committer.accepting && !watch.failing))

  const listenerFor = (path: string): Listener => {
    if (/^\/v1(?:\/|$)/.test(path)) return events
    if (/^\/api(?:\/|$)/.test(path)) return api
    return path === '/healthz' || path === '/readyz' || path === '/metrics' ? operations : pages
  }

  const inHand = new Set<ServerResponse>()
  let stopping = false
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    if (stopping) response.setHeader('connection', 'close')
    const path = pathOf(request)
    if (path === undefined) {
      sendProblem(response, 400, 'The address or the host of the request makes no sense.')
      return
    }
    const requestId = identify(request, response)
    const { method } = request
    const since = performance.now()
    inHand.add(response)
    const listener = listenerFor(path)
    response.once('close', () => {
      inHand.delete(response)
      logUnlessAnswered({ requestId, method, path, ofPages: listener === pages, since }, response)
      if (listener === events) telemetry.answered(response)
    })
    listener(request, response)
  })
  server.keepAliveTimeout = idleForMs
  answerMalformed(server)

  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(config.port, config.host, resolve)
    })
  } catch (error) {
    await stores.close()
    throw error
  }
  rollup.start()
  const newOperatorKey = config.adminKey === undefined ? await ensureOperatorKey(stores.registry, undefined) : undefined
  const { address, family, port } = server.address() as AddressInfo

  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    newOperatorKey,
    async stop() {
      stopping = true
      server.close()
      await Promise.race([
        Promise.all([answered(inHand).then(() => committer.stop()), rollup.stop()]),
        pause(answerWithinMs, undefined, { ref: false }),
      ])
      server.closeAllConnections()
      await Promise.race([stores.close(), pause(closeWithinMs, undefined, { ref: false })])
    },
  }
}

/** Resolves when everything in hand is answered, but for pages that listen for changes: they never end by themselves. */
async function answered(inHand: Set<ServerResponse>): Promise<void> {
  const listens = (response: ServerResponse) =>
    String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
  while ([...inHand].some((response) => !listens(response))) await pause(10)
}
