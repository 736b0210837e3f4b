/** What of a terminal's events arrived: who may ask, for what range, in what form, and what is answered over HTTP. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { expectProblem } from './answers.ts'
import { abandoned, ago, sourceOf, type Event, type Json } from './samples.ts'

interface Completeness {
  days: { day: string; events: number; missing: number | null; lateMs: { median: number | null; max: number | null } }[]
  gaps: { from: string; to: string; missing: number; after: string; before: string }[]
  restarts: object[]
}

const own = { providerId: 'p1', merchantNo: '898584058120001', terminalNo: '10000001' }
const anothers = { providerId: 'p2', merchantNo: '898584058120002', terminalNo: '20000001' }
const nobodys = { merchantNo: '898584058120009', terminalNo: '90000009' }
type Ids = { merchantNo: string; terminalNo: string }

const shanghaiDay = (ms: number) => new Date(Date.now() - ms + 8 * 3_600_000).toISOString().slice(0, 10)
const dayMs = 86_400_000
const [from, to] = [shanghaiDay(3 * dayMs), shanghaiDay(0)]
const range = `from=${from}&to=${to}`

const listPath = ({ merchantNo }: { merchantNo: string }) => `/api/v1/merchants/${merchantNo}/terminals`
const path = (ids: Ids, query = range) => `${listPath(ids)}/${ids.terminalNo}/completeness?${query}`

let house: House
const keys: Record<string, string | null> = { operator: adminKey, 'no key': null }
const numbered = (sequence: string, ms: number): Event =>
  abandoned({ source: sourceOf(own.merchantNo, own.terminalNo), time: ago(ms), sequence } satisfies Record<
    string,
    Json
  >)
const sent = [numbered('1042', 3 * 60_000), numbered('1048', 2 * 60_000)]

beforeAll(async () => {
  house = await openHouse()
  await register(house, { ...own, terminals: [own.terminalNo, '10000002'] })
  await register(house, { ...anothers, terminals: [anothers.terminalNo] })
  keys['provider'] = await keyFor(house, { role: 'provider', providerId: own.providerId })
  keys['another provider'] = await keyFor(house, { role: 'provider', providerId: anothers.providerId })
  keys['merchant'] = await keyFor(house, { role: 'merchant', merchantNo: own.merchantNo })
  keys['another merchant'] = await keyFor(house, { role: 'merchant', merchantNo: anothers.merchantNo })
  keys['terminal'] = await keyFor(house, { role: 'terminal', ...own })
  await post(house, sent)
  await post(house, sent)
})
afterAll(() => house.stop())

const ask = (at: string, who = 'operator', headers: Record<string, string> = {}) =>
  house.call('GET', at, { key: keys[who] ?? null, headers })
const figures = (ids: Ids = own, query = range) => house.json<Completeness>('GET', path(ids, query))

describe.each([
  ['the list', listPath],
  ['a terminal', path],
])('%s', (_what, at: (ids: Ids) => string) => {
  test.each(['operator', 'provider', 'merchant'])('is read by its %s', async (who) => {
    expect((await ask(at(own), who)).status).toBe(200)
  })

  test.each(['another provider', 'another merchant', 'terminal'])(
    'is not there for %s, as nobody’s is',
    async (who) => {
      expect(await expectProblem(await ask(at(own), who), 404)).toEqual(
        await expectProblem(await ask(at(nobodys), who), 404),
      )
    },
  )

  test('wants a key', async () => {
    await expectProblem(await ask(at(own), 'no key'), 401)
  })
})

test.each([
  ['a terminal that is not registered', { ...own, terminalNo: '99999999' }],
  ['a terminal of another merchant', { ...own, terminalNo: anothers.terminalNo }],
  ['a terminal that can not be', { ...own, terminalNo: '%00' }],
])('%s is not there', async (_what, ids) => {
  await expectProblem(await ask(path(ids)), 404)
})

test.each([
  ['no range', ''],
  ['half a range', `from=${from}`],
  ['a reversed range', 'from=2026-11-02&to=2026-11-01'],
  ['401 days', 'from=2025-01-01&to=2026-02-05'],
  ['no such day', 'from=2026-02-29&to=2026-03-01'],
])('400 for %s', async (_what, query) => {
  await expectProblem(await ask(path(own, query)), 400)
})

test.each([
  ['one day', 'from=2026-11-01&to=2026-11-01', 1],
  ['exactly 400 days', 'from=2025-01-01&to=2026-02-04', 400],
  ['the year 0', 'from=0000-01-01&to=0000-01-02', 2],
  ['the last days of four digits', 'from=9999-12-30&to=9999-12-31', 2],
])('200 for %s, with each of its days', async (_what, query, days) => {
  expect((await figures(own, query)).days).toHaveLength(days)
})

test('another method is 405, another form 406', async () => {
  await expectProblem(await house.call('PUT', path(own), { body: {} }), 405)
  await expectProblem(await ask(path(own), 'operator', { accept: 'text/html' }), 406)
})

test('the answer says what arrived and what did not', async () => {
  const answer = await figures()
  expect(answer).toEqual({
    merchantNo: own.merchantNo,
    terminalNo: own.terminalNo,
    timeZone: 'Asia/Shanghai',
    asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    from,
    to,
    days: answer.days.map(() => ({
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      events: expect.any(Number),
      missing: expect.toBeOneOf([expect.any(Number), null]),
      lateMs: {
        median: expect.toBeOneOf([expect.any(Number), null]),
        max: expect.toBeOneOf([expect.any(Number), null]),
      },
      clockOffsetMs: expect.toBeOneOf([expect.any(Number), null]),
    })),
    gaps: [{ from: '1043', to: '1047', missing: 5, after: sent[0]?.['time'], before: sent[1]?.['time'] }],
    restarts: [],
    counts: { gaps: 1, restarts: 0, repeated: 0 },
  })
  // A minute before midnight they are on two days.
  expect(answer.days.reduce((sum, { events }) => sum + events, 0)).toBe(2)
  expect(answer.days.reduce((sum, { missing }) => sum + (missing ?? 0), 0)).toBe(5)
  expect(answer.days[0]).toEqual({
    day: from,
    events: 0,
    missing: null,
    lateMs: { median: null, max: null },
    clockOffsetMs: null,
  })
})

test('a terminal that never spoke has its days, and nothing made up', async () => {
  const { days, gaps } = await figures({ ...own, terminalNo: '10000002' })
  expect(days.map(({ events, missing }) => [events, missing])).toEqual(days.map(() => [0, null]))
  expect(gaps).toEqual([])
})

test('the days come as CSV, null as an empty cell', async () => {
  const response = await ask(path(own), 'merchant', { accept: 'text/csv' })
  expect(response.headers.get('content-type')).toMatch(/^text\/csv/)
  const [columns, first, ...rest] = (await response.text()).trimEnd().split('\n')
  expect(columns).toBe('day,events,missing,lateMs_median,lateMs_max,clockOffsetMs')
  expect(first).toBe(`${from},0,,,,`)
  expect(rest).toHaveLength(3)
})

test('the list says what was received, how late, and that nobody is silent yet', async () => {
  const { terminals } = await house.json<{ terminals: object[] }>('GET', listPath(own))
  expect(terminals[0]).toMatchObject({
    received: 2,
    missing: 5,
    lateMs: { median: expect.any(Number), p95: expect.any(Number) },
    silentSince: null,
  })
  expect(terminals[1]).toMatchObject({ received: 0, lateMs: { median: null, p95: null }, silentSince: null })
})
