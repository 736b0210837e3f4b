import { expect, test } from 'vitest'
import { noStates } from '#charts/fleet-states/rows.ts'
import { causes, changeOf, choiceIn, chosen, pageOf, rowsAPage, standingOf, type MerchantRow } from './rows.ts'

const row = (merchantNo: string, more: Partial<MerchantRow> = {}): MerchantRow => ({
  ...{ merchantNo, name: `Shop ${merchantNo}`, mcc: '5812', city: '4401', lost: 0, high: 0, unsupported: 0 },
  ...{ attempted: 0, cause: null, terminals: 1, states: noStates(), change: null, ...more },
})
const states = (some: Partial<MerchantRow['states']>) => ({ ...noStates(), ...some })
const asked = (query: string) => choiceIn(new URLSearchParams(query))
const numbers = (rows: readonly MerchantRow[]) => rows.map(({ merchantNo }) => merchantNo)

test('the dearest merchant comes first, and equal ones always stand in one order', () => {
  const rows = [row('3', { lost: 5 }), row('2'), row('1'), row('4', { lost: 9 })]
  expect(numbers(chosen(rows, asked('')))).toEqual(['4', '3', '1', '2'])
  expect(numbers(chosen(rows, asked('sort=lost&order=asc')))).toEqual(['1', '2', '3', '4'])
})

test('of merchants with an equal loss, the one that may have lost more comes first', () => {
  const rows = [row('1'), row('2', { high: 7 }), row('3', { lost: 5, high: 5 }), row('4', { lost: 5, high: 6 })]
  expect(numbers(chosen(rows, asked('')))).toEqual(['4', '3', '2', '1'])
  expect(numbers(chosen(rows, asked('sort=lost&order=asc')))).toEqual(['1', '2', '3', '4'])
})

test('filters combine', () => {
  const rows = [
    row('1', { cause: 'NO_AGREEMENT', mcc: '5411' }),
    row('2', { cause: 'NO_AGREEMENT' }),
    row('3', { cause: 'TECH_NO_SUPPORT' }),
    row('4', { cause: 'NO_AGREEMENT', states: states({ open: 1 }) }),
    row('5', { cause: 'NO_AGREEMENT', city: '3101' }),
  ]
  expect(numbers(chosen(rows, asked('cause=NO_AGREEMENT&state=closed&mcc=5812&city=4401')))).toEqual(['2'])
})

test('a merchant is found by the state of any of its terminals', () => {
  const rows = [
    row('1', { terminals: 2, states: states({ open: 1, notCapable: 1 }) }),
    row('2', { states: states({ open: 1 }) }),
  ]
  expect(numbers(chosen(rows, asked('has=notCapable')))).toEqual(['1'])
  expect(pageOf(rows, 1).sums.states).toMatchObject({ open: 2, notCapable: 1 })
})

test('sorted by cause, those of one stand together by loss, in the order that the filter offers, and those without last', () => {
  const [first, second] = causes
  if (first === undefined || second === undefined) throw new Error('no causes')
  const rows = [
    row('1'),
    row('2', { cause: second, lost: 1 }),
    row('3', { cause: first, lost: 1 }),
    row('4', { cause: second, lost: 9 }),
  ]
  expect(numbers(chosen(rows, asked('sort=cause')))).toEqual(['3', '4', '2', '1'])
  expect(numbers(chosen(rows, asked('sort=cause&order=desc')))).toEqual(['1', '4', '2', '3'])
})

test('a change is told where its sign is known, whatever the missing outcomes were', () => {
  const lost = (amount: number, high = amount) => ({ amount, high })
  expect(changeOf(null)).toBeNull()
  expect(changeOf({ settled: lost(5), before: lost(5) })).toBe(0)
  expect(changeOf({ settled: lost(9, 12), before: lost(5, 8) })).toBe(4)
  expect(changeOf({ settled: lost(1, 2), before: lost(5) })).toBe(-4)
  expect(changeOf({ settled: lost(0, 3), before: lost(0) })).toBe('unknown')
  expect(changeOf({ settled: lost(0, 3), before: lost(0, 3) })).toBe('unknown')
  expect(changeOf({ settled: lost(9), before: lost(5, 9) })).toBe('unknown')
})

test('a search finds a part of the name, in any case, or of the number', () => {
  const rows = [row('898000000000001', { name: 'Noodle HOUSE' }), row('898000000000002')]
  expect(numbers(chosen(rows, asked('q=house')))).toEqual(['898000000000001'])
  expect(numbers(chosen(rows, asked('q=0002')))).toEqual(['898000000000002'])
})

test('what can’t be read counts as not asked for', () => {
  expect(asked('sort=secret&cause=__proto__&page=-3&state=x')).toEqual(asked(''))
})

test('a merchant whose terminals are all open is told from one where some are', () => {
  expect([0, 1, 2].map((open) => standingOf({ terminals: 2, states: states({ open }) }))).toEqual([
    'closed',
    'partly',
    'open',
  ])
  expect(standingOf({ terminals: 0, states: states({}) })).toBe('empty')
})

test('pages hold every row once, and the sums are of all pages', () => {
  const rows = Array.from({ length: 2 * rowsAPage + 1 }, (_, i) => row(String(i), { lost: 1, high: 1 }))
  const pages = [1, 2, 3].map((page) => pageOf(rows, page))
  expect(pages.flatMap((page) => numbers(page.rows))).toEqual(numbers(rows))
  expect(pages.map(({ sums }) => sums.lost)).toEqual([101, 101, 101])
  expect(pageOf([...rows, row('x', { high: 7 })], 1).sums).toMatchObject({ high: 108, lost: 101, unclear: 1 })
  expect(pageOf(rows, 99).page).toBe(3)
  expect(pageOf([], 1)).toMatchObject({ rows: [], merchants: 0, pages: 1 })
})
