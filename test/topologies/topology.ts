/** The ways in which contract section 1 lets Tillsight run, each with stores of its own and one or more server processes. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey } from '../support/house.ts'
import { startPostgres } from '../support/postgres.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'

export interface Topology {
  /** Every server against these stores, at least one. */
  readonly servers: readonly ServerProcess[]
  /** Stops every server by SIGTERM and starts it anew; the operator key is not given again. */
  restart(): Promise<void>
  /** Asks the event log itself, past Tillsight. */
  readLog<Row>(statement: string): Promise<Row[]>
  close(): Promise<void>
}

interface Plan {
  postgres: boolean
  clickhouse: boolean
  servers: number
}

export const plans: Readonly<Record<string, Plan>> = {
  'both stores embedded': { postgres: false, clickhouse: false, servers: 1 },
  'PostgreSQL by URL': { postgres: true, clickhouse: false, servers: 1 },
  'ClickHouse by URL': { postgres: false, clickhouse: true, servers: 1 },
  'both stores by URL and two replicas': { postgres: true, clickhouse: true, servers: 2 },
}

type Stop = () => Promise<unknown>

export async function openTopology(plan: Plan): Promise<Topology> {
  const dir = await mkdtemp(join(tmpdir(), 'tillsight-topology-'))
  const stops: Stop[] = [() => rm(dir, { recursive: true, force: true })]
  const close = async () => {
    for (const stop of stops.toReversed()) await stop()
  }
  try {
    return { ...(await opened(plan, dir, stops)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @param stops gets what ends each thing that was started, in order. */
async function opened(plan: Plan, dir: string, stops: Stop[]): Promise<Omit<Topology, 'close'>> {
  const environment: Record<string, string> = {}
  if (plan.postgres) {
    const postgres = await startPostgres()
    stops.push(() => postgres.stop())
    environment['DATABASE_URL'] = postgres.url
  }
  if (plan.clickhouse) {
    const gateway = await startGateway(join(dir, 'gateway'))
    stops.push(() => gateway.kill('SIGTERM'))
    environment['CLICKHOUSE_URL'] = gateway.url
  }

  // A first start has tests of its own, but for that of PostgreSQL.
  const DATA_DIR = join(dir, 'data')
  if (!plan.postgres) await addRegistry(DATA_DIR)
  const servers: ServerProcess[] = []
  const start = async (also: Record<string, string>) => {
    // All at the same moment: on empty stores, each of them finds the tables missing.
    const starting = Array.from({ length: plan.servers }, () =>
      startServerProcess({ ...environment, ...also, DATA_DIR }),
    )
    const settled = await Promise.allSettled(starting)
    servers.push(...settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
    for (const one of settled) if (one.status === 'rejected') throw one.reason
  }
  const stop = async () => {
    const exits = await Promise.all(servers.splice(0).map((server) => server.kill('SIGTERM')))
    for (const { code, signal } of exits) {
      if (code !== 0) throw new Error(`a server ended with ${code ?? signal ?? 'nothing'} on SIGTERM`)
    }
  }
  stops.push(stop)
  await start({ ADMIN_KEY: adminKey })

  const restart = async () => {
    await stop()
    await start({})
  }
  return {
    servers,
    restart,
    async readLog<Row>(statement: string) {
      const url = environment['CLICKHOUSE_URL']
      if (url !== undefined) return rowsOf<Row>(url, statement)
      // A process has one data directory, and a data directory one process.
      await stop()
      const gateway = await startGateway(join(dir, 'data/clickhouse'))
      try {
        return await rowsOf<Row>(gateway.url, statement)
      } finally {
        await gateway.kill('SIGTERM')
        await start({})
      }
    },
  }
}

async function rowsOf<Row>(url: string, statement: string): Promise<Row[]> {
  const response = await fetch(url, { method: 'POST', body: `${statement} FORMAT JSONEachRow` })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}
