/** A fleet's health is, terminal by terminal, what the figures of one terminal say; and its faults are seen, its noise is not. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MerchantScope } from '../registry/scope.ts'
import { connectEmbedded, type EventStore } from '../store/connect.ts'
import type { TerminalReportRow } from '../store/tables.ts'
import { numbers } from './completeness-numbers.ts'
import { fleetHealth, fleetHealthQuery, lastHeard, lastHeardQuery, type HeardTerminal } from './fleet-health.ts'
import { terminalHealth } from './terminal-health.ts'

const shop = (merchantNo: string) => ({ merchantNo, providerId: 'p1', timeZone: 'Asia/Shanghai' }) as MerchantScope
const own = shop('898584058120001')
const other = shop('898584058120002')
const now = Date.UTC(2026, 10, 20, 6)
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-fleet-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

interface Sent {
  time: number
  arrived?: number
  number?: number
}

const rowsOf = (merchant: MerchantScope, terminalNo: string, sent: readonly Sent[]): TerminalReportRow[] =>
  sent.map(({ time, arrived = time + 800, number = -1 }) => ({
    merchantNo: merchant.merchantNo,
    terminalNo,
    time,
    id: `${time} ${number}`,
    body: `${time} ${number}`,
    huabei: '',
    hasCause: false,
    cause: '',
    firmware: '',
    model: '',
    sequence: String(number),
    receivedAt: arrived,
  }))

async function told(terminalNo: string, sent: readonly Sent[], at = now): Promise<HeardTerminal> {
  await store.insert('terminal_reports', rowsOf(own, terminalNo, sent))
  const found = (await fleetHealth(store, [own], at)).find((one) => one.terminalNo === terminalNo)
  if (found === undefined) throw new Error('not heard')
  return found
}

/** Numbered from 1, an event every hour, the last of them an hour and a half ago. */
const hourly = (events: number, change: (i: number) => Partial<Sent> = () => ({})): Sent[] =>
  Array.from({ length: events }, (_, i) => ({
    time: now - 90 * minute - (events - 1 - i) * hour,
    number: i + 1,
    ...change(i),
  }))

test('the SQL that runs is the SQL that was reviewed', async () => {
  const { sql } = fleetHealthQuery([own, other], now).compile(store.db)
  const last = lastHeardQuery([own, other]).compile(store.db)
  await expect(`${sql}\n\n${last.sql}\n`).toMatchFileSnapshot('fleet-health.sql')
})

test('a healthy terminal has nothing to tell', async () => {
  expect(await told('healthy1', hourly(200))).toMatchObject({
    received: 200,
    silent: false,
    missing: 0,
    clockOffsetMs: 800,
    medianLateMs: 0,
    p95LateMs: 0,
    lastEventAt: now - 90 * minute,
    lastArrivedAt: now - 90 * minute + 800,
  })
})

test('numbers that never arrived are missing, once the event that follows them is ten minutes old', async () => {
  const sent = hourly(100).filter((_, i) => i !== 50 && i !== 51 && i !== 98)
  expect(await told('gaps0001', sent)).toMatchObject({ missing: 3 })
  expect(await told('gaps0001', [{ time: now - 9 * minute, number: 109 }])).toMatchObject({ missing: 3 })
  expect(await told('gaps0001', [], now + minute)).toMatchObject({ missing: 11 })
})

test('repeats, another order and a counter that began again make no number missing', async () => {
  const sent = hourly(100)
  const again = hourly(40, (i) => ({ time: now - 80 * minute + i * minute, number: i + 1 }))
  expect(await told('orders01', [...sent.reverse(), ...sent.slice(0, 30), ...again])).toMatchObject({ missing: 0 })
})

test('a repeat is no sign of life, and no event', async () => {
  const sent = hourly(28 * 24)
  const repeats = sent.slice(0, 50).map((event) => ({ ...event, arrived: now + 20 * hour }))
  const heard = await told('repeats1', [...repeats, ...sent], now + 30 * hour)
  expect(heard).toMatchObject({ received: 28 * 24, silent: true, lastArrivedAt: now - 90 * minute + 800 })
})

test('a terminal that sends no numbers misses none that could be known', async () => {
  expect(
    await told(
      'nonumber',
      hourly(5, () => ({ number: -1 })),
    ),
  ).toMatchObject({ missing: null })
})

test('what is seen of a terminal is what the figures of its merchant say', async () => {
  const random = (i: number) => ((i * 2_654_435_761) % 1_000) / 1_000
  const sent = hourly(300, (i) => ({
    arrived: now - 90 * minute - (299 - i) * hour + Math.round(random(i) * 3 * hour),
  }))
  await told(
    'compared',
    sent.filter((_, i) => random(i) > 0.1),
  )
  const later = now + 3 * hour
  const heard = (await fleetHealth(store, [own], later)).find(({ terminalNo }) => terminalNo === 'compared')
  const alone = (await terminalHealth(store, own, later)).of('compared')
  expect(heard).toMatchObject({
    received: alone.received,
    clockOffsetMs: alone.clockOffsetMs,
    medianLateMs: alone.lateMs.median,
    p95LateMs: alone.lateMs.p95,
  })
  const span = { start: '', from: later - 30 * day, to: later + day }
  const { missing } = await numbers(store, own, 'compared', [span])
  expect(heard?.missing).toBe([...missing.values()].reduce((sum, n) => sum + n, 0))
})

test('a history that is handed over at first contact is not late, and is said to be history', async () => {
  const loadedAt = now - 80 * minute
  const past = hourly(100, () => ({ arrived: loadedAt }))
  expect(await told('history1', past)).toMatchObject({ thisWeek: 100, history: 99, medianLateMs: 0 })
  const live = Array.from({ length: 9 }, (_, i) => ({ time: now - (30 - i) * minute, number: 101 + i }))
  expect(await told('history1', live)).toMatchObject({
    ...{ thisWeek: 109, history: 100, clockOffsetMs: 800, medianLateMs: 0, p95LateMs: 0 },
  })
})

test('what comes late after first contact is late, however much history came before it', async () => {
  const loadedAt = now - 3 * day
  const past = Array.from({ length: 200 }, (_, i) => ({ time: loadedAt - (i + 1) * hour, arrived: loadedAt }))
  const late = Array.from({ length: 40 }, (_, i) => ({ time: loadedAt + (i + 1) * hour, arrived: now - 10 * minute }))
  const quick = [{ time: now - 5 * minute }]
  const heard = await told('history2', [...past, ...late, ...quick])
  expect(heard).toMatchObject({ history: 95, thisWeek: 136 })
  expect(heard.medianLateMs).toBeGreaterThan(2 * day)
})

test('a clock that is hours behind makes no history of what came at once', async () => {
  const behind = Array.from({ length: 20 }, (_, i) => {
    const arrived = now - (40 - i) * minute
    return { time: arrived - 5 * hour, arrived }
  })
  expect(await told('behind01', behind)).toMatchObject({ clockOffsetMs: 5 * hour, history: 0, medianLateMs: 0 })
})

test('a terminal is silent when it misses six hours in which it is usually heard, and by then only', async () => {
  const always = hourly(28 * 24)
  expect(await told('silent01', always, now + 4 * hour)).toMatchObject({ silent: false, missedHours: 5 })
  expect(await told('silent01', [], now + 30 * hour)).toMatchObject({ silent: true, missedHours: 31 })
  const nights = hourly(28 * 24).filter(({ time }) => new Date(time).getUTCHours() < 6)
  expect(await told('nightly1', nights, now + 15 * hour)).toMatchObject({ silent: false })
})

test('nothing is told of a merchant that is not asked for', async () => {
  await store.insert('terminal_reports', rowsOf(other, 'others01', hourly(3)))
  expect((await fleetHealth(store, [own], now)).map(({ terminalNo }) => terminalNo)).not.toContain('others01')
  expect([...(await lastHeard(store, [other])).entries()]).toEqual([
    [`${other.merchantNo} others01`, now - 90 * minute],
  ])
  expect(await lastHeard(store, [])).toEqual(new Map())
})
