/**
 * `npm run demo`: the whole of Tillsight on stores that go with the process, with an invented market of shops that keep
 * posting through the public API: first the last thirty days, then live.
 */

import { checkoutsOf } from '@tillsight/market/day.ts'
import { dayAfter, midnightOf, timestamp, HOUR, type Day } from '@tillsight/market/calendar.ts'
import type { MarketEvent, UnnumberedEvent } from '@tillsight/market/events.ts'
import { market, registryLines, type Market } from '@tillsight/market/market.ts'
import { marketEvents } from '@tillsight/market/stream.ts'
import { readConfig } from '@tillsight/shared/config.ts'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runUntilStopped } from './process.ts'

/** So many days of trade pass side by side, so that somebody is refused while you look, at whatever hour. */
const daysAtOnce = 20
const eventsPerRequest = 2_000

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
const shops = market({ seed: 'demo', turningDay: dayAfter(today, -12) })
const providerKey = await openBooks(shops)
const sequences = await postPast(shops)
await printWhereToLook(shops)
void postLive(shops, sequences)

async function call<T>(
  method: string,
  path: string,
  key: string,
  body: unknown,
  contentType = 'application/json',
): Promise<T> {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text) as T
}

/** Registers everybody, and gives the provider's key. */
async function openBooks(of: Market): Promise<string> {
  for (const { providerId, record } of of.providers)
    await call('PUT', `/api/v1/providers/${providerId}`, adminKey, record)
  const lines = [...registryLines(of)].map((line) => JSON.stringify(line)).join('\n')
  await call('POST', '/api/v1/registry/import', adminKey, lines, 'application/x-ndjson')
  const providerId = of.providers[0]?.providerId
  const { key } = await call<{ key: string }>('POST', '/api/v1/keys', adminKey, { role: 'provider', providerId })
  return key
}

async function post(events: readonly MarketEvent[]): Promise<void> {
  await call('POST', '/v1/events', providerKey, events, 'application/cloudevents-batch+json')
}

/** Posts the last thirty days, up to now; gives the last number that each till has sent. */
async function postPast(of: Market): Promise<Map<string, number>> {
  const last = new Map<string, number>()
  const now = timestamp(Date.now())
  let batch: MarketEvent[] = []
  let posted = 0
  for (const event of marketEvents(of, { from: dayAfter(today, -30), to: today })) {
    if (event.time > now) break
    last.set(event.source, Number(event.sequence))
    batch.push(event)
    if (batch.length < eventsPerRequest) continue
    await post(batch)
    posted += batch.length
    process.stdout.write(`\rThe shops post their last thirty days: ${posted} events`)
    batch = []
  }
  if (batch.length > 0) await post(batch)
  process.stdout.write('\n')
  return last
}

/** Days yet to come, moved to now, as they happen. Each till goes on counting where its past ended. */
async function postLive(of: Market, numbers: Map<string, number>): Promise<void> {
  for (let firstDay = dayAfter(today); ; firstDay = dayAfter(firstDay, daysAtOnce)) {
    const waiting = comingEvents(of, firstDay, Date.now())
    while (waiting.length > 0) {
      const now = timestamp(Date.now())
      const due = waiting.findIndex(({ time }) => time > now)
      const events = waiting.splice(0, due === -1 ? waiting.length : due).map((event) => {
        const sequence = (numbers.get(event.source) ?? 0) + 1
        numbers.set(event.source, sequence)
        return { ...event, sequence: String(sequence) }
      })
      if (events.length > 0) await post(events).catch((error: unknown) => console.error('demo:', error))
      await new Promise((resolve) => setTimeout(resolve, 1_000))
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
  for (const { merchantNo, record } of of.merchants) {
    const { key } = await call<{ key: string }>('POST', '/api/v1/keys', adminKey, { role: 'merchant', merchantNo })
    console.log(`  ${record.name.padEnd(10, '　')} ${server.url}/sign-in#key=${key}`)
  }
  console.log(`\nThe provider's key, to post events of your own: ${providerKey}`)
  console.log(`The operator's key: ${adminKey}\n`)
}

function localDay(at: number): Day {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)
}
