/**
 * `npm run bench:ingest`: what the ingest takes, beside what the engine alone takes, what a route takes that only parses, and
 * what PostgreSQL takes behind the same route. All in one run and in alternation, so that the ratios mean something on any
 * machine. Options: `--json FILE`, `--rounds N`, `--seconds N` (of each span that is measured), `--share N` (of the events, the
 * merchants, the rows of a block and the connections: below 1 it only shows that everything runs).
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { engineStand, writeBlocks } from './ingest/engine-stand.ts'
import { rowBlocksOf, tradeOf } from './ingest/events.ts'
import { ingestStand, parseOnlyStand } from './ingest/ingest-stand.ts'
import { postgresStand } from './ingest/postgres-stand.ts'
import type { Contestant, Measured, Stand } from './ingest/stand.ts'
import { goal, median, printGoals, printTable, range, short, writeJson, type Figure } from './report.ts'
import { usageOf } from './usage.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '4' },
    share: { type: 'string', default: '1' },
  },
})
const rounds = Number(options.rounds)
const ms = Number(options.seconds) * 1000
const share = Number(options.share)
if (!(Number.isInteger(rounds) && rounds > 0 && ms > 0 && share > 0))
  throw new Error('--rounds, --seconds and --share must be positive numbers')
const span = { warmupMs: ms / 4, ms }

const shared = (of: number): number => Math.ceil(of * share)
const merchants = shared(100)
const events = shared(60_000)
const rowsPerBlock = shared(10_000)
const mebibyte = 1024 * 1024

/** Side by side in time are those whose ratios are goals: what else the machine does then falls on both. */
const order = ["a'50k", "a'", 'a', 'b1000', 'd1000', 'b100', 'b1', 'c']

type Results = Map<string, Measured[]>

const directory = await mkdtemp(join(tmpdir(), 'tillsight-bench-'))
const stands: Stand[] = []
try {
  await run()
} finally {
  await Promise.allSettled(stands.map((stand) => stand.close()))
  await rm(directory, { recursive: true, force: true })
}

async function run(): Promise<void> {
  tell(`preparing ${events} events of ${merchants} merchants`)
  const trade = tradeOf(merchants, events)
  const blocks = join(directory, 'blocks')
  writeBlocks(blocks, rowBlocksOf(trade, rowsPerBlock))
  tell('starting everybody')
  await start(
    engineStand(join(directory, 'native'), blocks, [
      { name: "a'", what: 'engine alone, Native files of 10,000 rows', form: 'native', blocks: 1 },
      { name: "a'50k", what: 'engine alone, Native files of 50,000 rows', form: 'native', blocks: 5 },
    ]),
  )
  await start(
    engineStand(join(directory, 'json'), blocks, [
      { name: 'a', what: 'engine alone, inline JSON, blocks of 10,000 rows', form: 'json', blocks: 1 },
    ]),
  )
  await start(ingestStand(join(directory, 'ingest'), trade, shared))
  await start(parseOnlyStand(trade, shared))
  const postgres = await start(postgresStand(join(directory, 'postgres'), trade, shared))

  tell('which form of insert is PostgreSQL fastest by?')
  const tried = await postgres.chooseForm({ ...span, ms: ms / 2 })
  const form = tried[0]?.form ?? ''
  tell(tried.map(({ form, eventsPerSecond }) => `${form} ${short(eventsPerSecond)} events/s`).join(', '))

  const contestants = stands
    .flatMap((stand) => stand.contestants)
    .sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
  const results = await measureInAlternation(contestants)
  const memory = new Map(
    stands.flatMap((stand) => {
      const peak = stand.peakMemoryBytes() / mebibyte
      return stand.contestants.map(({ name }) => [name, peak] as const)
    }),
  )
  tell('is everything stored that was sent?')
  for (const stand of stands) await stand.check()
  report(contestants, results, memory, form)
}

async function start<S extends Stand>(starting: Promise<S>): Promise<S> {
  const stand = await starting
  stands.push(stand)
  return stand
}

async function measureInAlternation(contestants: readonly Contestant[]): Promise<Results> {
  const results: Results = new Map(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    // Another one begins each time.
    const first = (round * 3) % contestants.length
    for (const { name, measure } of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      await quiet()
      const measured = await measure(span)
      results.get(name)?.push(measured)
      tell(`round ${round + 1} of ${rounds}: ${name} ${short(measured.eventsPerSecond)} events/s`)
    }
  }
  return results
}

/** Until the last one's merges are done, or nearly: they are not the next one's to bear. */
async function quiet(): Promise<void> {
  const used = () => stands.reduce((sum, { pid }) => sum + usageOf(pid).cpuSeconds, 0)
  let before = used()
  for (let i = 0; i < 20; i += 1) {
    await pause(100)
    const now = used()
    if (now - before < 0.03) return
    before = now
  }
}

function report(
  contestants: readonly Contestant[],
  results: Results,
  memory: ReadonlyMap<string, number>,
  form: string,
): void {
  const of = (name: string, field: keyof Measured): number[] => (results.get(name) ?? []).map((round) => round[field])
  console.log(`\nMedian of ${rounds} rounds of ${ms / 1000} s (smallest – largest). d1000 stores by ${form}.\n`)
  printTable([
    ['', 'events/s', 'requests/s', 'p50 ms', 'p99 ms', 'CPU s/million', 'peak MiB', ''],
    ...contestants.map(({ name, what }) => [
      name,
      range(of(name, 'eventsPerSecond')),
      short(median(of(name, 'requestsPerSecond'))),
      range(of(name, 'p50Ms')),
      range(of(name, 'p99Ms')),
      range(of(name, 'cpuSecondsPerMillion')),
      short(memory.get(name) ?? NaN),
      what,
    ]),
  ])

  // Each round's own, so that what slows a whole round down slows both.
  const ratio = (one: string, other: string, field: keyof Measured = 'eventsPerSecond'): number[] => {
    const others = of(other, field)
    return of(one, field).map((value, round) => value / (others[round] ?? NaN))
  }
  const ratios: [string, number[]][] = [
    ['b1000 / a', ratio('b1000', 'a')],
    ["b1000 / a'", ratio('b1000', "a'")],
    ["b1000 / a'50k", ratio('b1000', "a'50k")],
    ['b1000 / d1000', ratio('b1000', 'd1000')],
    ['b1 / c', ratio('b1', 'c', 'requestsPerSecond')],
  ]
  console.log()
  printTable([['ratio', ''], ...ratios.map(([name, values]) => [name, range(values)])])

  const ratioOf = (name: string): number => median(ratios.find(([one]) => one === name)?.[1] ?? [])
  const goals = [
    goal('b1000 / a', ratioOf('b1000 / a'), '>=', 1),
    goal('b1000 / d1000', ratioOf('b1000 / d1000'), '>=', 1.5),
    goal('b1 / c', ratioOf('b1 / c'), '>=', 0.5),
    goal('b1 p99', median(of('b1', 'p99Ms')), '<', 50, 'ms'),
    goal('peak memory of b', memory.get('b1') ?? NaN, '<', 900, 'MiB'),
  ]
  console.log()
  printGoals(goals)

  const figures = contestants.flatMap(({ name }): Figure[] => [
    { name: `${name} events per second`, value: median(of(name, 'eventsPerSecond')), unit: 'events/s' },
    { name: `${name} requests per second`, value: median(of(name, 'requestsPerSecond')), unit: 'requests/s' },
    { name: `${name} p50`, value: median(of(name, 'p50Ms')), unit: 'ms' },
    { name: `${name} p99`, value: median(of(name, 'p99Ms')), unit: 'ms' },
    { name: `${name} CPU per million events`, value: median(of(name, 'cpuSecondsPerMillion')), unit: 's' },
    { name: `${name} peak memory`, value: memory.get(name) ?? NaN, unit: 'MiB' },
  ])
  figures.push(...ratios.map(([name, values]) => ({ name, value: median(values), unit: 'ratio' })))
  if (options.json !== undefined) writeJson(options.json, figures, goals)
}

function tell(what: string): void {
  console.error(`· ${what}`)
}
