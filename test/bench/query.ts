/**
 * `npm run bench:query`: how long the figures take, each as its page asks for it, at 1, 10 and 100 million events; beside
 * PostgreSQL at 10; and at 100 while 20,000 events a second are committed. Options: `--json FILE`, `--events N` (instead of 100
 * million; the others are a tenth and a hundredth of it), `--days N` (of trade, instead of 180), `--requests N` (of each figure),
 * `--seed TEXT`, `--keep DIR` (the data stays there, and is taken from there if it is from the same day).
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from './ingest/postgres-server.ts'
import { timesOf } from './query/ask.ts'
import { shops, type Shop } from './query/books.ts'
import { dateOf, figuresOn, startOf, type Figure } from './query/figures.ts'
import { House, middleOf, type AllTimes, type Subject } from './query/measure.ts'
import { prepare } from './query/prepare.ts'
import type { Prepared } from './query/prepare-process.ts'
import { mustAgree, postgresFigure } from './query/postgres-figures.ts'
import { connectPostgres, loadPostgres } from './query/postgres-tables.ts'
import { reportOn } from './query/query-report.ts'
import { short } from './report.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    events: { type: 'string', default: '100000000' },
    days: { type: 'string', default: '180' },
    requests: { type: 'string', default: '40' },
    'events-per-second': { type: 'string', default: '20000' },
    seed: { type: 'string', default: 'bench' },
    keep: { type: 'string' },
  },
})
const most = Number(options.events)
const days = Number(options.days)
const rounds = Number(options.requests)
const eventsPerSecond = Number(options['events-per-second'])
if (!(
  most >= 100 &&
  [most, days, rounds].every((number) => Number.isInteger(number) && number > 0) &&
  eventsPerSecond > 0
))
  throw new Error('--events (from 100), --days, --requests and --events-per-second must be positive numbers')

const until = startOf(dateOf(Date.now()))
const figures = figuresOn(until)
const directory = options.keep ?? (await mkdtemp(join(tmpdir(), 'tillsight-bench-query-')))

/** How long live trade goes on before anything is measured beside it. */
const warmUpMs = Math.min(rounds * 1_000, 10_000)
const rollups = Math.min(rounds, 10)
const dayMs = 86_400_000

try {
  const small = await sized(most / 100, (house, prepared) => atRest(house, prepared))
  const middle = await sized(
    most / 10,
    async (house, prepared, exportTo) => ({
      ...(await atRest(house, prepared)),
      postgres: await besidePostgres(house, prepared, exportTo ?? ''),
    }),
    true,
  )
  const large = await sized(most, async (house, prepared) => ({
    ...(await atRest(house, prepared)),
    busiest: await busiestOf(house, prepared),
    rollup: await rollupsOf(house, prepared),
    live: await underIngest(house, prepared),
    peakMemoryBytes: house.peakMemoryBytes(),
  }))
  reportOn({ figures, rounds, json: options.json, small, middle, large })
} finally {
  if (options.keep === undefined) await rm(directory, { recursive: true, force: true })
}

/** Makes the data, serves it, measures, and takes it away. */
async function sized<T>(
  events: number,
  work: (house: House, prepared: Prepared, exportTo: string | undefined) => Promise<T>,
  isExported = false,
): Promise<T & { prepared: Prepared }> {
  const dataDir = join(directory, String(Math.round(events)))
  const exportTo = isExported ? join(dataDir, 'export') : undefined
  tell(`${short(events)} events: making them`)
  const prepared = await prepare({
    dataDir,
    books: 'market',
    events,
    seed: options.seed,
    days,
    until,
    exportTo,
  })
  const house = await House.open(dataDir)
  try {
    return { prepared, ...(await work(house, prepared, exportTo)) }
  } finally {
    await house.close()
    if (options.keep === undefined) await rm(dataDir, { recursive: true, force: true })
  }
}

async function atRest(house: House, prepared: Prepared): Promise<{ idle: AllTimes; idleMemoryBytes: number }> {
  tell('asking for every figure')
  const idle = await house.times(figures, middleOf(prepared), rounds)
  tellTimes(idle)
  return { idle, idleMemoryBytes: house.peakMemoryBytes() }
}

/** The largest merchant, and the largest provider. */
async function busiestOf(house: House, { merchants, providers }: Prepared): Promise<AllTimes> {
  const subject = { merchantNo: merchants[0]?.merchantNo ?? '', providerId: providers[0]?.providerId ?? '' }
  return house.times(figures, subject, Math.ceil(rounds / 4))
}

async function besidePostgres(house: House, prepared: Prepared, exportTo: string) {
  tell('PostgreSQL: loading the checkouts')
  const server = await startPostgres()
  const client = await connectPostgres(server.url)
  try {
    const bytes = await loadPostgres(client, exportTo)
    const subject = middleOf(prepared)
    const asked = figures.map((figure) => ({ figure, shop: shopOf(figure, subject) }))
    tell('PostgreSQL: are the figures the same?')
    for (const { figure, shop } of asked)
      mustAgree(figure, await postgresFigure(client, figure, shop), await house.answer(figure, subject))
    tell('PostgreSQL: asking for every figure')
    const questions = asked.map(({ figure, shop }) => ({
      name: figure.name,
      every: 1,
      ask: () => postgresFigure(client, figure, shop),
    }))
    const times = await timesOf(questions, rounds)
    tellTimes(times)
    return { times, bytes }
  } finally {
    await client.end()
    await server.stop()
  }
}

/** Of a provider's figure, any merchant of the provider. */
function shopOf({ of }: Figure, { merchantNo, providerId }: Subject): Shop {
  const shop = shops.find((one) => (of === 'merchant' ? one.merchantNo === merchantNo : one.providerId === providerId))
  if (shop === undefined) throw new Error('the merchants are those of the books')
  return shop
}

/** A merchant-day of the middle and of the largest merchant, seconds. */
async function rollupsOf(house: House, prepared: Prepared): Promise<{ middle: number; largest: number }> {
  tell('touching merchant-days')
  const noon = until - 2.5 * dayMs
  const largest = prepared.merchants[0]?.merchantNo ?? ''
  return {
    middle: await house.rollupSeconds(middleOf(prepared).merchantNo, noon, rollups),
    largest: await house.rollupSeconds(largest, noon, rollups),
  }
}

async function underIngest(house: House, prepared: Prepared) {
  tell(`asking for every figure while ${short(eventsPerSecond)} events/s are committed`)
  const subject = middleOf(prepared)
  const { result, eventsPerSecond: taken } = await house.beside(eventsPerSecond, options.seed, warmUpMs, () =>
    house.times(figures, subject, rounds),
  )
  tellTimes(result)
  return { times: result, eventsPerSecond: taken }
}

/** p50 and p95: the report comes only when all is done, and that takes long. */
function tellTimes(times: AllTimes): void {
  for (const [name, { p50, p95 }] of times) tell(`  ${name}: ${short(p50)}, ${short(p95)} ms`)
}

function tell(what: string): void {
  console.error(`· ${what}`)
}
