import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MerchantScope } from '../registry/scope.ts'
import { connectEmbedded, type EventStore } from '../store/connect.ts'
import type { TerminalReportRow } from '../store/tables.ts'
import { longestList, numbersQuery } from './completeness-numbers.ts'
import { completeness, completenessQuery } from './completeness.ts'
import { terminalHealth } from './terminal-health.ts'

const shop = { merchantNo: '898584058120001', providerId: 'p1', timeZone: 'Asia/Shanghai' } as MerchantScope
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** Midnight in Shanghai. */
const tenth = Date.parse('2026-11-10T00:00:00+08:00')
const now = tenth + 5 * day

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-completeness-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

interface Said {
  at?: number
  /** How long it was under way. */
  delay?: number
  number?: number | bigint
  id?: string
}

const row = (terminalNo: string, { at = 0, delay = 0, number = -1, id }: Said, i: number): TerminalReportRow => ({
  merchantNo: shop.merchantNo,
  terminalNo,
  time: tenth + at,
  id: id ?? `e${i}`,
  body: String(number),
  huabei: '',
  hasCause: false,
  cause: '',
  firmware: '',
  model: '',
  sequence: String(number),
  receivedAt: tenth + at + delay,
})

let tills = 0

/** A till and what it sent: times from 10 November, 00:00, arriving at once where nothing else is said. */
async function till(...events: Said[]) {
  const terminalNo = String(10_000_000 + ++tills)
  const send = async (...said: Said[]) => {
    for (let i = 0; i < said.length; i += 500) {
      await store.insert(
        'terminal_reports',
        said.slice(i, i + 500).map((event, j) => row(terminalNo, event, i + j)),
      )
    }
  }
  await send(...events)
  return {
    send,
    missing: async () => (await terminalHealth(store, shop, now)).of(terminalNo).missing,
    /** On the 10th of November, where nothing else is said. */
    asked: (from = '2026-11-10', to = from) => completeness(store, shop, terminalNo, { range: { from, to }, now }),
  }
}

/** Numbers a minute apart. */
const counted = (numbers: readonly number[], at = 0): Said[] =>
  numbers.map((number, i) => ({ at: at + i * minute, number }))
const clock = (at: number) => new Date(tenth + at).toISOString()

test('the SQL that runs is the SQL that was reviewed', async () => {
  const days = [{ from: tenth, to: tenth + day }]
  const figures = completenessQuery(shop, '10000001', days).compile(store.db)
  await expect(`${figures.sql}\n`).toMatchFileSnapshot('completeness.sql')
  const numbers = numbersQuery(shop, '10000001', days).compile(store.db)
  await expect(`${numbers.sql}\n`).toMatchFileSnapshot('completeness-numbers.sql')
})

test('every day of the range is there, and null where nothing is known', async () => {
  const { asked } = await till({ at: 0, number: 1, delay: 100 }, { at: 8 * day - 1, delay: 100 })
  const { days, ...rest } = await asked('2026-11-09', '2026-11-17')
  expect(days).toHaveLength(9)
  const nothing = { events: 0, missing: null, lateMs: { median: null, max: null } }
  expect(days[0]).toEqual({ day: '2026-11-09', ...nothing, clockOffsetMs: null })
  expect(days[1]).toEqual({
    day: '2026-11-10',
    events: 1,
    missing: 0,
    lateMs: { median: 0, max: 0 },
    clockOffsetMs: 100,
  })
  expect(days[7]).toEqual({ day: '2026-11-16', ...nothing, clockOffsetMs: 100 })
  expect(days[8]).toMatchObject({ day: '2026-11-17', events: 1, missing: null })
  expect(rest).toMatchObject({
    timeZone: 'Asia/Shanghai',
    from: '2026-11-09',
    to: '2026-11-17',
    gaps: [],
    restarts: [],
  })
})

test('a gap says its numbers and the times around it, and belongs to the day of the event that follows it', async () => {
  const { asked } = await till(...counted([1042], -minute), ...counted([1048, 1049, 1051]))
  const { days, gaps, counts } = await asked('2026-11-09', '2026-11-10')
  expect(days.map(({ missing }) => missing)).toEqual([0, 6])
  expect(gaps).toEqual([
    { from: '1050', to: '1050', missing: 1, after: clock(minute), before: clock(2 * minute) },
    { from: '1043', to: '1047', missing: 5, after: clock(-minute), before: clock(0) },
  ])
  expect(counts).toEqual({ gaps: 2, restarts: 0, repeated: 0 })
  expect((await asked()).gaps).toEqual(gaps)
})

test('a number that a clock set back put into the day before or after is not missing', async () => {
  const { asked } = await till(
    { at: -hour, number: 8 },
    { at: 0, number: 7 },
    { at: day - 2, number: 10 },
    { at: day, number: 9 },
  )
  expect((await asked()).gaps).toEqual([])
})

test('a counter that began again is a restart, not a gap, while the list counts to the letter', async () => {
  const { asked, missing } = await till(...counted([1041, 1042, 1, 2, 4]))
  expect(await asked()).toMatchObject({
    days: [{ events: 5, missing: 1 }],
    gaps: [{ from: '3', to: '3', missing: 1, after: clock(3 * minute), before: clock(4 * minute) }],
    restarts: [{ at: clock(2 * minute), number: '1', previous: '1042' }],
    counts: { gaps: 1, restarts: 1, repeated: 0 },
  })
  expect(await missing()).toBe(1042 - 5)
})

test('a young counter that began again is a restart too, one that goes down by less than half is none', async () => {
  const young = await till(...counted([50, 3, 4]))
  expect((await young.asked()).restarts).toHaveLength(1)
  const setBack = await till(...counted([50, 25, 51]))
  expect((await setBack.asked()).restarts).toEqual([])
})

test('a counter that began again while its till was offline is seen, though all of it arrived together', async () => {
  const together = [1041, 1042, 1, 2].map((number, i) => ({ at: i * hour, delay: (9 - i) * hour, number }))
  const { asked } = await till(...together)
  expect((await asked()).restarts).toEqual([{ at: clock(2 * hour), number: '1', previous: '1042' }])
})

test('an event with a time long past is no restart', async () => {
  const { asked } = await till(
    { number: 100 },
    { at: minute, number: 1000, delay: 30 * minute },
    { at: 2 * minute, number: 101 },
  )
  expect(await asked()).toMatchObject({ restarts: [], gaps: [{ from: '102', to: '999', missing: 898 }] })
})

test('one number on two events leaves no gap, and is told; the earlier of the two stands at a gap', async () => {
  const { asked } = await till(...counted([1, 2, 2, 3, 5, 5]))
  expect(await asked()).toMatchObject({
    days: [{ events: 6, missing: 1 }],
    gaps: [{ from: '4', to: '4', after: clock(3 * minute), before: clock(4 * minute) }],
    counts: { repeated: 2 },
  })
})

test('what came again changes nothing', async () => {
  const { asked, send } = await till({ id: 'a', delay: hour, number: 1 })
  await send({ id: 'a', number: 1 })
  await send({ id: 'a', delay: day, number: 1 })
  expect(await asked()).toMatchObject({
    days: [{ events: 1, clockOffsetMs: 0, lateMs: { median: 0, max: 0 } }],
    counts: { repeated: 0 },
  })
})

test('of a day’s delays the median is the upper of the two in the middle', async () => {
  const { asked } = await till(...[7, 30, 1, 11].map((delay, i) => ({ at: i * hour, delay })))
  expect((await asked()).days).toMatchObject([{ lateMs: { median: 10, max: 29 }, clockOffsetMs: 1 }])
  const more = await till(...[1, 2, 3, 4, 5, 6, 7].map((delay, i) => ({ at: i * hour, delay })))
  expect((await more.asked()).days).toMatchObject([{ lateMs: { median: 3, max: 6 } }])
})

test('a day sent a day later is late by its own clock, which the days before it show to be right', async () => {
  const { asked } = await till({ at: -day }, { at: 0, delay: 30 * hour }, { at: hour, delay: 29 * hour })
  expect((await asked()).days).toEqual([
    { day: '2026-11-10', events: 2, missing: null, lateMs: { median: 30 * hour, max: 30 * hour }, clockOffsetMs: 0 },
  ])
})

test('a clock that is put right is seen on that day, and the days before are not late by it', async () => {
  const { asked } = await till(
    { at: -day, delay: 3 * hour },
    { at: -hour, delay: 3 * hour + 5 },
    { at: hour, delay: 20 },
  )
  const { days } = await asked('2026-11-09', '2026-11-10')
  expect(days.map(({ clockOffsetMs }) => clockOffsetMs)).toEqual([3 * hour, 20])
  expect(days.map(({ lateMs }) => lateMs.max)).toEqual([5, 0])
})

test('a clock that falls behind is taken for lateness until a quick event is a week old', async () => {
  const { asked } = await till({ at: 0 }, ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ at: n * day, delay: hour })))
  const { days } = await asked('2026-11-10', '2026-11-17')
  expect(days.map(({ lateMs }) => lateMs.max)).toEqual([0, hour, hour, hour, hour, hour, hour, 0])
})

test('of more gaps than can be told the largest are, and all are counted', async () => {
  const odd = Array.from({ length: longestList + 3 }, (_, i) => ({ at: i * 1000, number: 2 * i + 1 }))
  const { asked } = await till(...odd, { at: hour, number: 9_999 })
  const { days, gaps, counts } = await asked()
  expect(counts.gaps).toBe(longestList + 3)
  expect(gaps).toHaveLength(longestList)
  expect(gaps[0]).toMatchObject({ to: '9998', before: clock(hour) })
  expect(gaps.at(-1)).toMatchObject({ from: '8' })
  expect(days[0]?.missing).toBe(9_999 - (longestList + 4))
})

test('the largest numbers there are stay exact', async () => {
  const { asked } = await till({ number: 999_999_999_999_999_990n }, { at: 1, number: 999_999_999_999_999_999n })
  expect((await asked()).gaps).toMatchObject([{ from: '999999999999999991', to: '999999999999999998', missing: 8 }])
})
