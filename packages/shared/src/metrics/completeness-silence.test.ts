import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MerchantScope } from '../registry/scope.ts'
import { connectEmbedded, type EventStore } from '../store/connect.ts'
import type { TerminalReportRow } from '../store/tables.ts'
import { terminalHealth } from './terminal-health.ts'

const shop = { merchantNo: '898584058120001', providerId: 'p1', timeZone: 'Asia/Shanghai' } as MerchantScope
const hour = 3_600_000
const day = 24 * hour
const week = 7 * day
/** A Monday, 08:00 in Shanghai. */
const monday = Date.parse('2026-11-02T00:00:00Z')

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-silence-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

let tills = 0

/** A till heard at these moments: UTC milliseconds, of which `clock` is taken off for what its own clock said. */
async function till(heard: readonly number[], clock = 0) {
  const terminalNo = String(10_000_000 + ++tills)
  const rows = heard.map((receivedAt, i) => report(terminalNo, `e${i}`, receivedAt - clock, receivedAt))
  await store.insert('terminal_reports', rows)
  const last = new Date(Math.max(...heard) - clock).toISOString()
  return {
    silentSince: async (now: number) => (await terminalHealth(store, shop, now)).of(terminalNo).silentSince,
    last,
    repeat: (id: number, receivedAt: number) =>
      store.insert('terminal_reports', [report(terminalNo, `e${id}`, (heard[id] ?? 0) - clock, receivedAt)]),
  }
}

const report = (terminalNo: string, id: string, time: number, receivedAt: number): TerminalReportRow => ({
  merchantNo: shop.merchantNo,
  terminalNo,
  time,
  id,
  body: id,
  huabei: '',
  hasCause: false,
  cause: '',
  firmware: '',
  model: '',
  sequence: '-1',
  receivedAt,
})

/** Every hour from the first to the last, on these days of the week (0: Monday), for some weeks up to a moment. */
function opening({ days, from, to, until }: { days: readonly number[]; from: number; to: number; until: number }) {
  const heard: number[] = []
  for (let at = monday - 4 * week; at <= until; at += hour) {
    const hours = Math.floor((at - (monday - 4 * week)) / hour)
    if (days.includes(Math.floor(hours / 24) % 7) && hours % 24 >= from && hours % 24 < to) heard.push(at)
  }
  return heard
}
const everyDay = [0, 1, 2, 3, 4, 5, 6]
const weekdays = [0, 1, 2, 3, 4]

test('a shop that closes at night is not missed until it has been open for six hours in silence', async () => {
  const { silentSince, last } = await till(opening({ days: everyDay, from: 2, to: 14, until: monday + 13 * hour }))
  expect(await silentSince(monday + day + 2 * hour)).toBeNull()
  expect(await silentSince(monday + day + 8 * hour - 1)).toBeNull()
  expect(await silentSince(monday + day + 8 * hour)).toBe(last)
})

test('a weekend is no silence, the Monday after it is', async () => {
  const friday = monday - 3 * day + 13 * hour
  const { silentSince, last } = await till(opening({ days: weekdays, from: 2, to: 14, until: friday }))
  expect(await silentSince(monday + 7 * hour)).toBeNull()
  expect(await silentSince(monday + 8 * hour)).toBe(last)
})

test('a till that speaks now and then may be quiet for longer than one that always speaks', async () => {
  const twiceAWeek = [0, 1, 2, 3].flatMap((n) => [monday - n * week, monday - n * week - 3 * day])
  const { silentSince, last } = await till(twiceAWeek)
  expect(await silentSince(monday + 2 * week)).toBeNull()
  expect(await silentSince(monday + 3 * week + hour)).toBe(last)
})

test('a till that is heard once every night is missed after six nights, not in the afternoon', async () => {
  const nights = Array.from({ length: 28 }, (_, i) => monday - i * day)
  const { silentSince, last } = await till(nights)
  expect(await silentSince(monday + 6 * day)).toBeNull()
  expect(await silentSince(monday + 6 * day + hour)).toBe(last)
})

test('what a till says of yesterday is speaking today', async () => {
  const open = opening({ days: everyDay, from: 2, to: 14, until: monday - day })
  const { silentSince } = await till(open)
  expect(await silentSince(monday + day)).not.toBeNull()
  const replayed = await till([...open, monday + day])
  expect(await replayed.silentSince(monday + day + hour)).toBeNull()
})

test.each([
  ['behind', 5 * hour],
  ['ahead', -5 * hour],
])('a clock that is hours %s is not silence, and silence begins at its own time', async (_where, clock) => {
  const heard = opening({ days: everyDay, from: 0, to: 24, until: monday })
  const { silentSince, last } = await till(heard, clock)
  expect(await silentSince(monday + 7 * hour - 1)).toBeNull()
  expect(await silentSince(monday + 7 * hour)).toBe(last)
})

test('a repeat is no sign of life', async () => {
  const { silentSince, repeat, last } = await till(opening({ days: everyDay, from: 0, to: 24, until: monday }))
  await repeat(3, monday + 12 * hour)
  expect(await silentSince(monday + 12 * hour)).toBe(last)
})

test('a long silence some weeks ago does not make the next one normal', async () => {
  const open = opening({ days: everyDay, from: 0, to: 24, until: monday })
  const { silentSince, last } = await till(open.filter((at) => at < monday - 3 * week || at > monday - 2 * week))
  // Three of the four weeks speak for each hour.
  expect(await silentSince(monday + 8 * hour)).toBeNull()
  expect(await silentSince(monday + 9 * hour)).toBe(last)
})

test('in its first week nobody knows a till’s habit', async () => {
  const { silentSince, last } = await till(Array.from({ length: 24 }, (_, i) => monday - i * hour))
  expect(await silentSince(monday + 6 * day)).toBeNull()
  expect(await silentSince(monday + 6 * day + 7 * hour)).toBe(last)
})

test('what was not heard in 30 days is silent, whatever its habit', async () => {
  const { silentSince, last } = await till([monday])
  expect(await silentSince(monday + 30 * day - 1)).toBeNull()
  expect(await silentSince(monday + 30 * day)).toBe(last)
})
