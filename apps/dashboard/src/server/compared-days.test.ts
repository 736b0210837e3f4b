import { expect, test } from 'vitest'
import { settledPart } from './compared-days.ts'

const noon = Date.parse('2026-11-26T12:00:00+08:00')
const partOf = (from: string, to: string, previousFrom: string, now = noon) =>
  settledPart({ from, to }, { from: previousFrom, to: '' }, now, 'Asia/Shanghai')

test('the days that are not settled yet are left out on both sides', () => {
  expect(partOf('2026-11-20', '2026-11-26', '2026-11-13')).toEqual({
    days: { from: '2026-11-20', to: '2026-11-24' },
    before: { from: '2026-11-13', to: '2026-11-17' },
  })
})

test('a day is settled 24 h after it ends, to the millisecond', () => {
  const settles = Date.parse('2026-11-26T00:00:00+08:00')
  const lastAt = (now: number) => partOf('2026-11-20', '2026-11-26', '2026-11-13', now)?.days.to
  expect([lastAt(settles - 1), lastAt(settles)]).toEqual(['2026-11-23', '2026-11-24'])
})

test('a range that is over is compared whole', () => {
  expect(partOf('2026-10-01', '2026-10-31', '2026-08-31')).toEqual({
    days: { from: '2026-10-01', to: '2026-10-31' },
    before: { from: '2026-08-31', to: '2026-09-30' },
  })
})

test('of today and yesterday nothing is compared', () => {
  expect(partOf('2026-11-26', '2026-11-26', '2026-11-25')).toBeUndefined()
  expect(partOf('2026-11-25', '2026-11-26', '2026-11-23')).toBeUndefined()
})
