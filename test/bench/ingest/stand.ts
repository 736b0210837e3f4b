/** What all contestants have in common: each is a process of its own, asked for one span at a time. */

import { registryLines } from '@tillsight/market/market.ts'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { keyFor } from '../../support/house.ts'
import { startProcess, type ServerProcess, type TestProcess } from '../../support/process.ts'
import { requestsOf, type Trade } from './events.ts'
import { answersTo, type Load } from './load.ts'

export interface Span {
  warmupMs: number
  ms: number
}

export interface Measured {
  eventsPerSecond: number
  /** Requests, or the engine's inserts. */
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** Of all threads and, where there are any, child processes. */
  cpuSecondsPerMillion: number
}

export interface Contestant {
  name: string
  what: string
  measure: (span: Span) => Promise<Measured>
}

/** A process, and what it is measured as. */
export interface Stand {
  readonly contestants: readonly Contestant[]
  readonly pid: number
  peakMemoryBytes(): number
  /** Throws where anything that was sent is not stored. After it nothing is measured any more. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Connections, by the size of a batch. */
const connections: Readonly<Record<number, number>> = { 1: 256, 100: 32, 1000: 16 }

/** Starts one of the `*-process.ts` of this folder, and gives where it listens. */
export async function startContestant(
  name: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<TestProcess & { url: string }> {
  const { ready, ...own } = await startProcess(
    join(import.meta.dirname, `${name}-process.ts`),
    args,
    environment,
    /listening on (http:\S+)\n/,
  )
  return { ...own, url: ready[1] ?? '' }
}

export async function call<T>(url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`)
  return JSON.parse(text) as T
}

/** Registers everybody, and gives each provider a key. */
export async function openBooks(server: ServerProcess, { market }: Trade): Promise<Map<string, string>> {
  const keys = new Map<string, string>()
  for (const { providerId, record } of market.providers) {
    await server.json('PUT', `/api/v1/providers/${providerId}`, { body: record, expected: 201 })
    keys.set(providerId, await keyFor(server, { role: 'provider', providerId }))
  }
  const body = [...registryLines(market)].map((line) => JSON.stringify(line)).join('\n')
  await server.json('POST', '/api/v1/registry/import', { body, headers: { 'content-type': 'application/x-ndjson' } })
  return keys
}

/** A process that takes events over HTTP. */
interface Poster {
  process: TestProcess
  url: string
  trade: Trade
  /** By provider. */
  keys: ReadonlyMap<string, string>
  cpuSeconds: () => number
  /** Is told of every event that was accepted. */
  count: (events: number) => void
  /** How many of the connections are made. */
  shared: Shared
}

/** What part of a number a run takes: all of it, but where the benchmark only shows that it runs. */
export type Shared = (of: number) => number

/** @param sender see Stamped.next. */
export function httpContestant(name: string, what: string, size: number, sender: string, poster: Poster): Contestant {
  const load: Load = {
    url: poster.url,
    requests: requestsOf(poster.trade, size, poster.url, poster.keys),
    sender,
    connections: poster.shared(connections[size] ?? 1),
    accepted: size,
  }
  const events = size === 1 ? 'single events' : `batches of ${size}`
  return {
    name,
    what: `${what}, ${events}, ${load.connections} connections`,
    measure: (span) => explained(poster.process, measureHttp(load, span, poster)),
  }
}

async function measureHttp(load: Load, { warmupMs, ms }: Span, { cpuSeconds, count }: Poster): Promise<Measured> {
  const atEnds: number[] = []
  const answered = await answersTo(load, warmupMs, ms, () => atEnds.push(cpuSeconds()))
  count(answered.sent * load.accepted)
  const events = answered.requests * load.accepted
  const [from = NaN, to = NaN] = atEnds
  return {
    eventsPerSecond: events / answered.seconds,
    requestsPerSecond: answered.requests / answered.seconds,
    p50Ms: answered.p50Ms,
    p99Ms: answered.p99Ms,
    cpuSecondsPerMillion: ((to - from) / events) * 1e6,
  }
}

/** What went wrong, with what the process said of it. */
async function explained<T>(process: TestProcess, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    await pause(200) // what it writes comes by another way than what it answers
    throw new Error(`the process said:\n${process.output().slice(-4000)}`, { cause: error })
  }
}

export function mustBeEqual(who: string, sent: number, stored: number): void {
  if (sent !== stored) throw new Error(`${who}: ${sent} events were sent and ${stored} are stored`)
}
