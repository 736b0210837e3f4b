import { expect, test } from 'vitest'
import { faultIn, faultLists, pageOf, serialRows, unheard, type Fault, type FleetRow } from './rows.ts'

const minute = 60_000
const hour = 60 * minute

/** Healthy, as far as `change` does not say otherwise. */
const till = (terminalNo: string, change: Partial<FleetRow> = {}): FleetRow => ({
  merchantNo: '898584058120001',
  name: 'Shop',
  terminalNo,
  lastEventAt: Date.UTC(2026, 10, 20),
  received: 400,
  thisWeek: 100,
  silent: false,
  missedHours: 0,
  missing: 0,
  clockOffsetMs: 800,
  history: 0,
  medianLateMs: 300,
  p95LateMs: 2_000,
  ...change,
})

const found = (...rows: FleetRow[]): [Fault, string[]][] =>
  Object.entries(faultLists(rows, []))
    .filter(([, list]) => list.length > 0)
    .map(([fault, list]) => [fault as Fault, (list as FleetRow[]).map(({ terminalNo }) => terminalNo)])

test('healthy noise is no fault', () => {
  const healthy = [
    till('closed for the night', { missedHours: 5 }),
    till('sends no numbers', { missing: null }),
    till('a clock 50 s ahead', { clockOffsetMs: -50_000 }),
    till('a clock 50 s behind', { clockOffsetMs: 50_000 }),
    till('offline for two days of the week', { p95LateMs: 30 * hour, medianLateMs: 9_000 }),
    till('hands over every ten minutes', { medianLateMs: 5 * minute, clockOffsetMs: 3 * minute }),
    till('one late event in a week', { thisWeek: 1, clockOffsetMs: 2 * hour, medianLateMs: 0 }),
    till('four events after a cut', { thisWeek: 4, medianLateMs: 3 * hour }),
    till('history only, loaded an hour after its newest sale', { history: 96, clockOffsetMs: hour, medianLateMs: 0 }),
    till('nothing this week', { thisWeek: 0, clockOffsetMs: null, medianLateMs: null, p95LateMs: null }),
  ]
  expect(found(...healthy)).toEqual([])
})

test('each planted fault is in its own list and in no other', () => {
  expect(found(till('silent', { silent: true, missedHours: 9 }))).toEqual([['silent', ['silent']]])
  expect(found(till('gap', { missing: 1 }))).toEqual([['gaps', ['gap']]])
  expect(found(till('ahead', { thisWeek: 1, clockOffsetMs: -2 * minute }))).toEqual([['clock', ['ahead']]])
  expect(found(till('behind', { clockOffsetMs: 5 * hour }))).toEqual([['clock', ['behind']]])
  expect(found(till('late', { medianLateMs: 2 * hour }))).toEqual([['late', ['late']]])
  expect(found(till('sends its day every night', { clockOffsetMs: hour, medianLateMs: 6 * hour }))).toEqual([
    ['late', ['sends its day every night']],
  ])
})

test('the worst come first, and what has no habit left before all', () => {
  const shop = { merchantNo: '898584058120001', name: 'Shop' }
  const rows = [
    till('six', { silent: true, missedHours: 6 }),
    till('sixty', { silent: true, missedHours: 60 }),
    unheard({ ...shop, terminalNo: 'for two months' }, Date.UTC(2026, 8, 20)),
    unheard({ ...shop, terminalNo: 'for three' }, Date.UTC(2026, 7, 20)),
    unheard({ ...shop, terminalNo: 'never' }, null),
  ]
  expect(found(...rows)).toEqual([
    ['silent', ['for three', 'for two months', 'sixty', 'six']],
    ['never', ['never']],
  ])
})

const numbered = (
  serialNo: string | null,
  merchantNo: string,
  terminalNo: string,
  retiredOn: string | null = null,
) => ({
  serialNo,
  merchantNo,
  name: merchantNo,
  terminalNo,
  timeZone: 'Asia/Shanghai',
  retiredOn,
})

test('a serial number may move when the terminal before is retired, and is doubled when it is not', () => {
  const rows = serialRows(
    [
      numbered('MOVED', 'a', '1', '2026-11-01'),
      numbered('MOVED', 'b', '2'),
      numbered('SAME SHOP', 'a', '3'),
      numbered('SAME SHOP', 'a', '4'),
      numbered('TWO SHOPS', 'a', '5'),
      numbered('TWO SHOPS', 'b', '6'),
    ],
    ({ retiredOn }) => retiredOn === null,
  )
  expect(rows.map(({ serialNo, merchants, terminals }) => [serialNo, merchants, terminals.length])).toEqual([
    ['TWO SHOPS', 2, 2],
    ['SAME SHOP', 1, 2],
  ])
})

test('a serial number is doubled however it is written, and none is no number', () => {
  const written = ['sn1 ', 'SN1', null, null, '', ' ', 'SN2']
  const rows = serialRows(
    written.map((serialNo, i) => numbered(serialNo, 'a', String(i))),
    () => true,
  )
  expect(rows.map(({ serialNo, terminals }) => [serialNo, terminals.length])).toEqual([['SN1', 2]])
})

test('a page that is not there is the last or the first one, and a list that is not asked for is the first with a row', () => {
  const rows = Array.from({ length: 120 }, (_, i) => i)
  expect(pageOf(rows, 3)).toEqual({ rows: rows.slice(100), page: 3, pages: 3 })
  expect([9, -1, NaN].map((asked) => pageOf(rows, asked).page)).toEqual([3, 1, 1])
  const counts = { silent: 0, gaps: 2, late: 0, clock: 1, serial: 0, never: 5 }
  expect(faultIn(new URLSearchParams(), counts)).toBe('gaps')
  expect(faultIn(new URLSearchParams('list=clock'), counts)).toBe('clock')
  expect(faultIn(new URLSearchParams('list=other'), { ...counts, gaps: 0, clock: 0 })).toBe('never')
})
