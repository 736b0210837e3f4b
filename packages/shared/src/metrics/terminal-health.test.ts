import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MerchantScope } from '../registry/scope.ts'
import { connectEmbedded, type EventStore } from '../store/connect.ts'
import type { TerminalReportRow } from '../store/tables.ts'
import { newestCommitQuery, newestCommits } from './newest-commit.ts'
import { terminalHealth, terminalHealthQuery } from './terminal-health.ts'

const merchant = (merchantNo: string) => ({ merchantNo, providerId: 'p1', timeZone: 'Asia/Shanghai' }) as MerchantScope
const own = merchant('898584058120001')
const other = merchant('898584058120002')
const now = Date.UTC(2026, 10, 20)
const hour = 3_600_000
const day = 24 * hour

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-health-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

const report = (terminalNo: string, id: string, change: Partial<TerminalReportRow> = {}): TerminalReportRow => ({
  merchantNo: own.merchantNo,
  terminalNo,
  time: now - hour,
  id,
  body: id,
  huabei: '',
  hasCause: false,
  cause: '',
  firmware: '',
  model: '',
  sequence: '-1',
  receivedAt: now,
  ...change,
})
const insert = (...rows: TerminalReportRow[]) => store.insert('terminal_reports', rows)
const healthOf = async (terminalNo: string) => (await terminalHealth(store, own, now)).of(terminalNo)

test('the SQL that runs is the SQL that was reviewed', async () => {
  const health = terminalHealthQuery(own, now).compile(store.db)
  await expect(`${health.sql}\n`).toMatchFileSnapshot('terminal-health.sql')
  const marks = newestCommitQuery([own, other]).compile(store.db)
  await expect(`${marks.sql}\n`).toMatchFileSnapshot('newest-commit.sql')
})

test('gaps in the sequence are counted, whatever came twice or out of order or over 30 days ago', async () => {
  const numbered = (sequence: string, time = now - hour) => report('gaps0001', `n${sequence}`, { sequence, time })
  await insert(numbered('15'), numbered('11'), numbered('1', now - 31 * day))
  await insert(numbered('12'), numbered('15'), numbered('12'))
  expect(await healthOf('gaps0001')).toMatchObject({ missing: 2 })
})

test('a terminal that sends no sequence misses nothing that could be known', async () => {
  await insert(report('silent01', 'a'))
  expect(await healthOf('silent01')).toMatchObject({ missing: null })
  expect(await healthOf('neverwas')).toEqual({
    huabei: 'unknown',
    lastEventAt: null,
    received: 0,
    missing: null,
    lateMs: { median: null, p95: null },
    clockOffsetMs: null,
    heardForMs: null,
    silentSince: null,
  })
})

test('what comes in one go was heard for no time, however long it tells of', async () => {
  const said = (id: string, ago: number) => report('onego001', id, { time: now - ago, receivedAt: now - hour })
  await insert(said('a', 20 * day), said('b', 5 * hour))
  expect(await healthOf('onego001')).toMatchObject({ clockOffsetMs: 4 * hour, heardForMs: 0 })
  await insert(report('onego001', 'c', { time: now - 10_000, receivedAt: now }))
  expect(await healthOf('onego001')).toMatchObject({ clockOffsetMs: 10_000, heardForMs: hour })
})

test('the clock offset is the smallest of a week, over all copies of an event', async () => {
  const late = report('clock001', 'late', { receivedAt: now - hour + 900_000 })
  await insert(late, { ...late, receivedAt: now - hour + 1_500 })
  await insert(report('clock001', 'old', { time: now - 8 * day, receivedAt: now - 8 * day - 60_000 }))
  expect(await healthOf('clock001')).toMatchObject({ clockOffsetMs: 1_500 })
})

const delayed = (terminalNo: string, delays: readonly number[], change: Partial<TerminalReportRow> = {}) =>
  insert(
    ...delays.map((delay, i) => {
      const time = now - day + i
      return report(terminalNo, `d${i}`, { time, receivedAt: time + delay, ...change })
    }),
  )

test('lateness is what an event took longer than the quickest of the week, the median the upper of two', async () => {
  await delayed('late0001', [200, 300, 1_200, 60_200])
  expect(await healthOf('late0001')).toMatchObject({ clockOffsetMs: 200, lateMs: { median: 1_000, p95: 60_000 } })
})

test.each([
  ['behind', 3 * hour],
  ['ahead', -3 * hour],
])('a clock that is hours %s makes nothing late', async (name, offset) => {
  const terminalNo = `c${name}`.padEnd(8, '0')
  await delayed(terminalNo, [offset + 300, offset + 500, offset + 900])
  expect(await healthOf(terminalNo)).toMatchObject({ clockOffsetMs: offset + 300, lateMs: { median: 200, p95: 600 } })
})

test('a day that an offline till sends a day later is late, and its clock is right', async () => {
  await delayed('offline1', [250])
  const night = Array.from({ length: 20 }, (_, i) => report('offline1', `o${i}`, { time: now - 2 * day + i * hour }))
  await insert(...night.map((event) => ({ ...event, receivedAt: now - day })))
  const { clockOffsetMs, lateMs } = await healthOf('offline1')
  expect(clockOffsetMs).toBe(250)
  expect(lateMs).toEqual({ median: 14 * hour - 250, p95: 23 * hour - 250 })
})

test('an event that comes again is received once, and as late as it first was', async () => {
  const [first, second] = [
    report('again001', 'a', { receivedAt: now }),
    report('again001', 'b', { receivedAt: now + 50 }),
  ]
  await insert({ ...first, receivedAt: now + day }, second)
  await insert(first, { ...second, receivedAt: now + 2 * day }, { ...first, receivedAt: now + 3 * day })
  expect(await healthOf('again001')).toMatchObject({
    received: 2,
    clockOffsetMs: hour,
    lateMs: { median: 50, p95: 50 },
  })
})

test('events of over 30 days ago are not among the received, nor those of over 7 days in the lateness', async () => {
  await insert(report('windows1', 'a', { time: now - 30 * day }), report('windows1', 'b', { time: now - 30 * day + 1 }))
  await insert(report('windows1', 'c', { time: now - 7 * day }))
  expect(await healthOf('windows1')).toMatchObject({
    received: 2,
    clockOffsetMs: null,
    lateMs: { median: null, p95: null },
  })
})

test('two events with one number are both received, and the number is there', async () => {
  await insert(report('samenum1', 'a', { sequence: '1' }), report('samenum1', 'b', { sequence: '1' }))
  await insert(report('samenum1', 'c', { sequence: '3' }))
  expect(await healthOf('samenum1')).toMatchObject({ received: 3, missing: 1 })
})

test('copies that differ in time or number stand as events; what else they differ in is not looked at', async () => {
  const event = report('differ01', 'a', { sequence: '1' })
  await insert(event, { ...event, body: 'other' }, { ...event, body: 'sequence', sequence: '2' })
  expect(await healthOf('differ01')).toMatchObject({ received: 2, missing: 0 })
  await insert({ ...event, time: event.time - 1 })
  expect(await healthOf('differ01')).toMatchObject({ received: 3, missing: 0 })
})

test('the state is the one last reported, by time and then by id; a report without Huabei keeps it', async () => {
  const at = now - 2 * hour
  await insert(report('state001', 'b', { time: at, huabei: 'open' }), report('state001', 'c', { time: at + 1 }))
  await insert(report('state001', 'a', { time: at, huabei: 'not_capable' }))
  expect(await healthOf('state001')).toMatchObject({ huabei: 'open', lastEventAt: new Date(at + 1).toISOString() })
})

test('a merchant’s mark changes with each of its commits, and with nobody else’s', async () => {
  const markOf = async (scope: MerchantScope) => (await newestCommits(store, [own, other])).get(scope.merchantNo)
  expect(await markOf(other)).toBeNull()
  const before = await markOf(own)
  await insert(report('marks001', 'received later, committed first', { receivedAt: now + 5_000 }))
  const first = await markOf(own)
  await insert(report('marks001', 'received earlier, committed later', { receivedAt: now + 4_000 }))
  const second = await markOf(own)
  expect(new Set([before, first, second]).size).toBe(3)
  await insert(report('marks002', 'elsewhere', { merchantNo: other.merchantNo, receivedAt: now + 9_000 }))
  expect(await markOf(own)).toBe(second)
  expect(await markOf(other)).not.toBeNull()
})

test('what a person declared for a terminal is no sign of life, and says nothing of its clock', async () => {
  const declared = { hasCause: true, cause: 'MARGIN_FEE', time: now - 1000, receivedAt: now - 1000 }
  await store.insert('terminal_reports', [
    report('dead', 'last word', { time: now - 20 * day, receivedAt: now - 20 * day }),
    report('dead', 'declared-t1-MARGIN_FEE', declared),
    report('mute', 'declared-t1-MARGIN_FEE', declared),
    report('late', 'own', { time: now - hour, receivedAt: now - hour + 600_000 }),
    report('late', 'declared-t1-MARGIN_FEE', declared),
  ])
  const health = await terminalHealth(store, own, now)
  expect(health.of('dead')).toMatchObject({ lastEventAt: new Date(now - 20 * day).toISOString(), received: 1 })
  expect(health.of('mute')).toMatchObject({ lastEventAt: null, received: 0, silentSince: null })
  expect(health.of('late').clockOffsetMs).toBe(600_000)
})
