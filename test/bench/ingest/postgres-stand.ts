/** (d): PostgreSQL behind the ingest's route. Its server counts with it: processor time and memory of all its processes. */

import { adminKey } from '../../support/house.ts'
import { startServerProcess } from '../../support/process.ts'
import { peakMemoryOf, usageOf } from '../usage.ts'
import type { Trade } from './events.ts'
import { startPostgres } from './postgres-server.ts'
import { forms, type Form } from './postgres-store.ts'
import {
  call,
  httpContestant,
  mustBeEqual,
  openBooks,
  startContestant,
  type Measured,
  type Shared,
  type Span,
  type Stand,
} from './stand.ts'

export interface PostgresStand extends Stand {
  /** Tries each form of insert, takes the fastest, and gives what each of them reached, in that order. */
  chooseForm(span: Span): Promise<(Measured & { form: Form })[]>
}

const lookEveryMs = 500

/** @param dataDir for our server, while it fills the registry. */
export async function postgresStand(dataDir: string, trade: Trade, shared: Shared): Promise<PostgresStand> {
  const postgres = await startPostgres()
  const server = await startServerProcess({ DATA_DIR: dataDir, ADMIN_KEY: adminKey, DATABASE_URL: postgres.url })
  const keys = await openBooks(server, trade)
  await server.kill('SIGTERM')

  const process = await startContestant('postgres', [], { DATABASE_URL: postgres.url })
  let sent = 0
  let peak = 0
  const look = () => void (peak = Math.max(peak, usageOf(postgres.pid, true).memoryBytes))
  const { measure, ...contestant } = httpContestant('d1000', 'PostgreSQL behind our route', 1000, 'd', {
    process,
    url: process.url,
    trade,
    keys,
    cpuSeconds: () => usageOf(process.pid).cpuSeconds + usageOf(postgres.pid, true).cpuSeconds,
    count: (events) => void (sent += events),
    shared,
  })
  const measureLooking = async (span: Span): Promise<Measured> => {
    const looking = setInterval(look, lookEveryMs)
    try {
      return await measure(span)
    } finally {
      clearInterval(looking)
      look()
    }
  }
  const use = (form: Form) => call(`${process.url}/form/${form}`, {})
  return {
    contestants: [{ ...contestant, measure: measureLooking }],
    pid: process.pid,
    peakMemoryBytes: () => peakMemoryOf(process.pid) + peak,
    async chooseForm(span) {
      // The first to be tried would be measured while the code is still cold.
      await measure(span)
      const tried: (Measured & { form: Form })[] = []
      for (const form of forms) {
        await use(form)
        tried.push({ form, ...(await measure(span)) })
      }
      tried.sort((one, other) => other.eventsPerSecond - one.eventsPerSecond)
      if (tried[0] !== undefined) await use(tried[0].form)
      return tried
    },
    async check() {
      const { stored } = await call<{ stored: number }>(`${process.url}/count`)
      mustBeEqual('PostgreSQL', sent, stored)
    },
    async close() {
      await process.kill('SIGTERM')
      await postgres.stop()
    },
  }
}
