/**
 * `npm run bench:page`: what each page of a merchant takes on a slow phone, in real Chromium, the cashier's too; what its figures
 * take the server; and how long an open page takes to show what a till has posted. Options: `--json FILE`, `--events N` (10 million is where the goal of the figures is meant), `--rounds N` (visits to
 * each page), `--requests N` (of each page's figures), `--page NAME` (this one alone), `--seed TEXT`, `--keep DIR` (the data
 * stays there, and is taken from there if it is from the same day).
 */

import { pathBelow } from '@tillsight/dashboard/src/lib/address.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import { ownersPage, scannedCode } from '../support/cashier.ts'
import { adminKey, keyFor } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { followed } from './page/follow.ts'
import { reportOn, type MeasuredPage } from './page/page-report.ts'
import { look, noteCustomers, visit, type Visit } from './page/visit.ts'
import { get, visitorWith, type Visitor } from './page/visitor.ts'
import { timesOf, type Times } from './query/ask.ts'
import { dateOf, startOf } from './query/figures.ts'
import { middleOf } from './query/measure.ts'
import { prepare } from './query/prepare.ts'
import { short } from './report.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    events: { type: 'string', default: '100000' },
    days: { type: 'string', default: '180' },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '40' },
    page: { type: 'string' },
    seed: { type: 'string', default: 'bench' },
    keep: { type: 'string' },
  },
})
const events = Number(options.events)
const days = Number(options.days)
const rounds = Number(options.rounds)
const requests = Number(options.requests)
if (![events, days, rounds, requests].every((number) => Number.isInteger(number) && number > 0))
  throw new Error('--events, --days, --rounds and --requests must be positive numbers')

interface Owner extends Visitor {
  merchantNo: string
}

/** The page of the phone by the till, which is of no tab. */
const cashiers = 'tap'

const directory = options.keep ?? (await mkdtemp(join(tmpdir(), 'tillsight-bench-page-')))
const dataDir = join(directory, String(events))
try {
  tell(`${short(events)} events: making them`)
  const prepared = await prepare({
    ...{ dataDir, books: 'market', events, seed: options.seed, days },
    until: startOf(dateOf(Date.now())),
  })
  const server = await startServerProcess({ DATA_DIR: dataDir, ADMIN_KEY: adminKey })
  const browser = await openBrowser()
  try {
    const largest = await ownerOf(prepared.merchants[0]?.merchantNo ?? '', browser, server)
    const middle = await ownerOf(middleOf(prepared).merchantNo, browser, server)
    const chosen = [...largest.pageIds, cashiers].filter(
      (id) => options.page === undefined || options.page === nameOf(id),
    )
    if (chosen.length === 0)
      throw new Error(`--page must be one of ${[...largest.pageIds, cashiers].map(nameOf).join(', ')}`)
    const visits = await visitsOf(browser, server, largest, chosen)
    const withFigures = chosen.filter((id) => visits.get(id)?.some(({ hasRange }) => hasRange))
    tell('asking for the figures of every page')
    const timesFor = (owner: Owner) => figureTimes(server, owner, withFigures)
    const times = { middle: await timesFor(middle), largest: await timesFor(largest) }
    const measured = chosen.map((id): MeasuredPage => ({
      name: nameOf(id),
      visits: visits.get(id) ?? [],
      middle: times.middle.get(id),
      largest: times.largest.get(id),
    }))
    tell('posting to a page that is open')
    const followedMs = await followed(browser, middle.session, server, middle.merchantNo, rounds)
    reportOn({ pages: measured, followedMs, events: prepared.events, rounds, requests, json: options.json })
  } finally {
    await browser.close()
    await server.kill('SIGTERM')
  }
} finally {
  if (options.keep === undefined) await rm(directory, { recursive: true, force: true })
}

async function ownerOf(merchantNo: string, browser: Browser, server: ServerProcess): Promise<Owner> {
  const key = await keyFor(server, { role: 'merchant', merchantNo })
  return { merchantNo, ...(await visitorWith(key, browser, server)) }
}

function nameOf(id: string): string {
  return id === '' ? 'overview' : id
}

function pathOf(merchantNo: string, id: string): string {
  return pathBelow(`/m/${merchantNo}`, id)
}

/** Page by page in turn, so that whatever else the machine does falls on all of them. */
async function visitsOf(
  browser: Browser,
  server: ServerProcess,
  owner: Owner,
  pageIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Visit[]>> {
  const { merchantNo, session } = owner
  const visits = new Map(pageIds.map((id) => [id, [] as Visit[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const id of pageIds) {
      const seen =
        id === cashiers
          ? await visit(browser, undefined, await linkForPhone(browser, server, owner), noteCustomers)
          : await visit(browser, session, server.url + pathOf(merchantNo, id), look)
      visits.get(id)?.push(seen)
      tell(`  ${nameOf(id)}: painted after ${short(seen.paintMs)} ms`)
    }
  }
  return visits
}

/** What the code says that the owner shows to a new phone. */
async function linkForPhone(browser: Browser, server: ServerProcess, { merchantNo, key }: Owner): Promise<string> {
  const owner = await ownersPage(browser, server.url, merchantNo, key)
  const link = await scannedCode(owner)
  await owner.context().close()
  return link
}

function figureTimes(
  server: ServerProcess,
  owner: Owner,
  pageIds: readonly string[],
): Promise<ReadonlyMap<string, Times>> {
  const ask = (id: string) => get(server, owner, `${pathOf(owner.merchantNo, id)}/figures`)
  const questions = pageIds.map((id) => ({ name: id, every: 1, ask: () => ask(id) }))
  return timesOf(questions, requests)
}

function tell(what: string): void {
  console.error(`· ${what}`)
}
