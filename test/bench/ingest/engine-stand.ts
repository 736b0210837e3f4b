/** (a) and (a'): the engine alone. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { createHistogram } from 'node:perf_hooks'
import { join } from 'node:path'
import { peakMemoryOf } from '../usage.ts'
import type { EngineAnswer, EngineCount, EngineRun } from './engine-process.ts'
import { call, mustBeEqual, startContestant, type Contestant, type Measured, type Stand } from './stand.ts'

type Insert = Pick<EngineRun, 'form' | 'blocks'> & Pick<Contestant, 'name' | 'what'>

/** @param blocksDir see writeBlocks. */
export async function engineStand(dataDir: string, blocksDir: string, inserts: readonly Insert[]): Promise<Stand> {
  const process = await startContestant('engine', [dataDir, blocksDir])
  return {
    contestants: inserts.map(({ name, what, form, blocks }) => ({
      name,
      what,
      measure: async (span) => measured(await call<EngineAnswer>(`${process.url}/run`, { form, blocks, ...span })),
    })),
    pid: process.pid,
    peakMemoryBytes: () => peakMemoryOf(process.pid),
    async check() {
      const { sent, stored } = await call<EngineCount>(`${process.url}/count`)
      mustBeEqual('the engine alone', sent, stored)
    },
    async close() {
      await process.kill('SIGTERM')
    },
  }
}

function measured({ rows, seconds, cpuSeconds, milliseconds }: EngineAnswer): Measured {
  const times = createHistogram()
  for (const took of milliseconds) times.record(Math.max(1, Math.round(took * 1000)))
  return {
    eventsPerSecond: rows / seconds,
    requestsPerSecond: milliseconds.length / seconds,
    p50Ms: times.percentile(50) / 1000,
    p99Ms: times.percentile(99) / 1000,
    cpuSecondsPerMillion: (cpuSeconds / rows) * 1e6,
  }
}

/** How many distinct events lie in a data directory that nobody has open. */
export async function eventsStoredIn(dataDir: string): Promise<number> {
  const none = join(dataDir, 'no-blocks')
  mkdirSync(none)
  const reader = await startContestant('engine', [dataDir, none])
  const { stored } = await call<EngineCount>(`${reader.url}/count`)
  await reader.kill('SIGTERM')
  return stored
}

/** What the engine's processes read their rows from. */
export function writeBlocks(directory: string, blocks: readonly string[]): void {
  mkdirSync(directory, { recursive: true })
  blocks.forEach((block, i) => writeFileSync(join(directory, `${i}.json`), block))
}
