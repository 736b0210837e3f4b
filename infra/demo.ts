/**
 * `npm run demo`: the whole of Tillsight on stores that go with the process, with an invented market of shops that keep
 * posting as tills do, through the client: first the last two months, then live.
 */

import { checkoutsOf } from '@tillsight/market/day.ts'
import { dayAfter, midnightOf, timestamp, HOUR, type Day } from '@tillsight/market/calendar.ts'
import type { UnnumberedEvent } from '@tillsight/market/events.ts'
import { market, type Market, type Terminal } from '@tillsight/market/market.ts'
import { SHOPS } from '@tillsight/market/shops.ts'
import { marketEvents } from '@tillsight/market/stream.ts'
import { readConfig } from '@tillsight/shared/config.ts'
import { openOutbox, type Outbox } from '@tillsight/terminal'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { callsTo } from './api.ts'
import { faultsOf } from './demo-faults.ts'
import { everyMs, say, show } from './display.ts'
import { happeningOf, openBooks } from './invented-market.ts'
import { runUntilStopped } from './process.ts'

/** A page shows thirty days, and compares them with the thirty before; the oldest of those begin in the middle of the night. */
const pastDays = 61
/** So many days of trade pass side by side, so that somebody is refused while you look, at whatever hour. */
const daysAtOnce = 20
/** The past is recorded in such portions, and no faster than it is sent. */
const portion = 1_000
const mostWaiting = 8_000

const dataDir = mkdtempSync(join(tmpdir(), 'tillsight-demo-'))
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))

const config = readConfig()
const adminKey = config.adminKey ?? randomUUID()
const server = await runUntilStopped({
  ...config,
  dataDir,
  adminKey,
  clickhouseUrl: undefined,
  databaseUrl: undefined,
})

const today = localDay(Date.now())
const invented = market({
  seed: 'demo',
  merchants: 60,
  turningDay: dayAfter(today, -12),
  badFirmwareFrom: dayAfter(today, -17),
})
const isSpoilt = ({ spoiltOn }: Terminal) => spoiltOn !== null
/** Of the others those with the bad firmware: the written ones alone have too few tills with it to prove it bad. */
const shops: Market = {
  ...invented,
  merchants: invented.merchants.filter(({ terminals }, i) => i < SHOPS.length || terminals.some(isSpoilt)),
}
const call = callsTo(server.url, adminKey)
const [{ key: providerKey } = { key: '' }] = (await openBooks(call, shops)).values()
const outbox = openOutbox({
  url: server.url,
  key: providerKey,
  file: join(dataDir, 'gateway.queue'),
  batchEvents: portion,
  requestsInFlight: 2,
  onProblem: ({ message }) => console.error(`demo: ${message}`),
  onRefused: ({ id, code, detail }) => console.error(`demo: event ${id} was refused: ${code}, ${detail}`),
})
const faults = faultsOf(shops.merchants.slice(SHOPS.length), today)
await faults.plant(callsTo(server.url, providerKey))
await postPast(outbox, shops)
await printWhereToLook(shops)
void postLive(outbox, shops)

/** Posts the last two months, up to now. */
async function postPast(gateway: Outbox, of: Market): Promise<void> {
  const now = timestamp(Date.now())
  let recorded = 0
  let events: UnnumberedEvent[] = []
  const record = () => {
    gateway.recordAll(events.map((event) => happeningOf(gateway, event)))
    recorded += events.length
    events = []
  }
  const posted = () => `The shops post their last two months: ${recorded - gateway.status().queued} events`
  let shownAt = -Infinity
  for (const event of marketEvents(of, { from: dayAfter(today, -pastDays), to: today })) {
    if (event.time > now) break
    const sent = faults.sent(event)
    if (sent !== undefined) events.push(sent)
    if (events.length < portion) continue
    record()
    do {
      if (performance.now() >= shownAt + everyMs) {
        show(posted())
        shownAt = performance.now()
      }
      await pause(1)
    } while (gateway.status().queued > mostWaiting)
  }
  record()
  await gateway.flush()
  say(posted())
}

/** Days yet to come, moved to now, as they happen. */
async function postLive(gateway: Outbox, of: Market): Promise<void> {
  for (let firstDay = dayAfter(today); ; firstDay = dayAfter(firstDay, daysAtOnce)) {
    const waiting = comingEvents(of, firstDay, Date.now())
    while (waiting.length > 0) {
      const now = timestamp(Date.now())
      const due = waiting.findIndex(({ time }) => time > now)
      const events = waiting.splice(0, due === -1 ? waiting.length : due)
      const sent = events.flatMap((event) => faults.sent(event) ?? [])
      gateway.recordAll(sent.map((event) => happeningOf(gateway, event)))
      await pause(1_000)
    }
  }
}

function comingEvents(of: Market, firstDay: Day, now: number): UnnumberedEvent[] {
  const days = Array.from({ length: daysAtOnce }, (_, i) => dayAfter(firstDay, i))
  return days
    .flatMap((day) => {
      const opening = midnightOf(day) + 11 * HOUR
      return of.merchants.flatMap((merchant) =>
        checkoutsOf(of, merchant, day)
          .filter(({ events }) => events.every(({ time }) => Date.parse(time) >= opening))
          .flatMap(({ events }) =>
            events.map((event) => ({ ...event, time: timestamp(Date.parse(event.time) - opening + now) })),
          ),
      )
    })
    .sort((a, b) => (a.time < b.time ? -1 : 1))
}

async function printWhereToLook(of: Market): Promise<void> {
  console.log('\nTwelve invented shops are open. Each link signs you in as its owner:\n')
  for (const { merchantNo, record } of of.merchants.slice(0, SHOPS.length)) {
    const { key } = await call<{ key: string }>('POST', '/api/v1/keys', { role: 'merchant', merchantNo })
    console.log(`  ${record.name.padEnd(10, '　')} ${server.url}/sign-in#key=${key}`)
  }
  const others = of.merchants.length - SHOPS.length
  console.log(`\nTheir provider sees all of them, and ${others} more: ${server.url}/sign-in#key=${providerKey}`)
  console.log(`The provider's key, to post events of your own: ${providerKey}`)
  console.log(`The operator's key: ${adminKey}\n`)
}

function localDay(at: number): Day {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)
}
