/**
 * `npm run bench:fleet`: what each page of an acquirer with 10,000 merchants and 100,000 terminals takes, on a slow phone in real
 * Chromium, and its figures the server, asked for the first time: a moment later they are remembered. Options: `--json FILE`,
 * `--events N` (instead of 10 million), `--merchants N` (of ten terminals each, up to 10,000), `--days N` (of trade, instead of
 * 180), `--rounds N` (visits to each page), `--requests N` (of each page's figures), `--page NAME` (this one alone),
 * `--seed TEXT`, `--keep DIR` (the data stays there, and is taken from there if it is from the same day).
 */

import { pathBelow } from '@tillsight/dashboard/src/lib/address.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBrowser } from '../support/browser.ts'
import { adminKey, keyFor } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { reportOnFleet } from './page/fleet-report.ts'
import { look, visit, type Visit } from './page/visit.ts'
import { get, visitorWith, type Visitor } from './page/visitor.ts'
import { timesOf, type Times } from './query/ask.ts'
import { dateOf, startOf } from './query/figures.ts'
import { prepare } from './query/prepare.ts'
import { short } from './report.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    events: { type: 'string', default: '10000000' },
    merchants: { type: 'string', default: '10000' },
    days: { type: 'string', default: '180' },
    rounds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '5' },
    page: { type: 'string' },
    seed: { type: 'string', default: 'bench' },
    keep: { type: 'string' },
  },
})
const events = Number(options.events)
const merchants = Number(options.merchants)
const days = Number(options.days)
const rounds = Number(options.rounds)
const requests = Number(options.requests)
if (
  ![events, merchants, days, rounds, requests].every((number) => Number.isInteger(number) && number > 0) ||
  merchants > 10_000
)
  throw new Error('--events, --merchants (to 10,000), --days, --rounds and --requests must be positive numbers')

/** Those with figures of days; the others are of now, whatever days are asked for. */
const ofDays = new Set(['', 'compatibility', 'merchants', 'reasons'])
const dayMs = 86_400_000
const until = startOf(dateOf(Date.now()))

const directory = options.keep ?? (await mkdtemp(join(tmpdir(), 'tillsight-bench-fleet-')))
const dataDir = join(directory, `fleet-${merchants}-${events}`)
try {
  tell(`${short(events)} events: making them`)
  const prepared = await prepare({ dataDir, books: 'fleet', merchants, events, seed: options.seed, days, until })
  const server = await startServerProcess({ DATA_DIR: dataDir, ADMIN_KEY: adminKey })
  const browser = await openBrowser()
  try {
    const [{ providerId } = { providerId: '' }] = prepared.providers
    const home = `/p/${providerId}`
    const manager = await visitorWith(await keyFor(server, { role: 'provider', providerId }), browser, server)
    const pageIds = manager.pageIds.filter((id) => options.page === undefined || options.page === nameOf(id))
    if (pageIds.length === 0) throw new Error(`--page must be one of ${manager.pageIds.map(nameOf).join(', ')}`)
    const visits = new Map(pageIds.map((id) => [id, [] as Visit[]]))
    for (let round = 0; round < rounds; round += 1) {
      for (const id of pageIds) {
        const seen = await visit(browser, manager.session, server.url + pathBelow(home, id), look)
        visits.get(id)?.push(seen)
        tell(`  ${nameOf(id)}: painted after ${short(seen.paintMs)} ms, all shown after ${short(seen.shownMs)}`)
      }
    }
    tell('asking for the figures of every page')
    const times = await figureTimes(server, home, manager, pageIds)
    const pages = pageIds.map((id) => ({
      ...{ name: nameOf(id), visits: visits.get(id) ?? [] },
      ...{ middle: times.get(id), largest: undefined },
    }))
    reportOnFleet({ pages, merchants, events: prepared.events, rounds, requests, json: options.json })
  } finally {
    await browser.close()
    await server.kill('SIGTERM')
  }
} finally {
  if (options.keep === undefined) await rm(directory, { recursive: true, force: true })
}

function nameOf(id: string): string {
  return id === '' ? 'adoption' : id
}

/** Each time of other days, of which nothing is remembered. */
function figureTimes(
  server: ServerProcess,
  home: string,
  manager: Visitor,
  pageIds: readonly string[],
): Promise<ReadonlyMap<string, Times>> {
  let asked = 0
  const ask = async (id: string): Promise<void> => {
    const from = until - (30 + (asked += 1)) * dayMs
    await get(server, manager, `${pathBelow(home, id)}/figures?from=${dateOf(from)}&to=${dateOf(from + 29 * dayMs)}`)
  }
  return timesOf(
    pageIds.filter((id) => ofDays.has(id)).map((id) => ({ name: id, every: 1, ask: () => ask(id) })),
    requests,
  )
}

function tell(what: string): void {
  console.error(`· ${what}`)
}
