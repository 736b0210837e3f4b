import type { AdoptionDay } from '@tillsight/shared/metrics/adoption-days.ts'
import { expect, test } from 'vitest'
import { stateRows } from './rows.ts'

const day = (date: string, group: string, counts: Partial<AdoptionDay>): AdoptionDay => ({
  ...{ day: date, group, terminals: 0, active: 0 },
  ...{ notCapable: 0, capableNotSigned: 0, signedNotOpen: 0, open: 0, suspended: 0, unknown: 0 },
  ...counts,
})
const days = [
  day('2026-10-31', 'A920', { terminals: 9, open: 9 }),
  day('2026-11-01', 'A920', { terminals: 3, active: 1, open: 2, unknown: 1 }),
  day('2026-11-01', 'I9', { terminals: 1, suspended: 1 }),
  day('2026-11-02', 'I9', { terminals: 2, active: 2, open: 1, notCapable: 1 }),
]

test('all groups of a day are counted together, and days before the range are left out', () => {
  expect(stateRows(days, null, '2026-11-01')).toEqual([
    {
      ...{ day: '2026-11-01', terminals: 4, active: 1 },
      states: { open: 2, signedNotOpen: 0, capableNotSigned: 0, notCapable: 0, suspended: 1, unknown: 1 },
    },
    {
      ...{ day: '2026-11-02', terminals: 2, active: 2 },
      states: { open: 1, signedNotOpen: 0, capableNotSigned: 0, notCapable: 1, suspended: 0, unknown: 0 },
    },
  ])
})

test('of one group each day has its bar, empty where it had no terminal then', () => {
  const rows = stateRows(days, 'A920', '2026-11-01')
  expect(rows.map(({ day: date, terminals, states }) => [date, terminals, states.open])).toEqual([
    ['2026-11-01', 3, 2],
    ['2026-11-02', 0, 0],
  ])
})

test('without a terminal there is nothing to draw, and a group that nobody has is empty', () => {
  expect(stateRows([], null, '2026-11-01')).toEqual([])
  expect(stateRows(days, 'nobody has it', '2026-11-01').every(({ terminals }) => terminals === 0)).toBe(true)
})

test('of more days than can be told apart each seventh is shown, the last one among them', () => {
  const dateOf = (i: number): string => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)
  const many = (count: number) => Array.from({ length: count }, (_, i) => day(dateOf(i), 'A920', { terminals: 1 }))
  expect(stateRows(many(92), null, '2026-01-01')).toHaveLength(92)
  const rows = stateRows(many(93), null, '2026-01-01')
  expect(rows).toHaveLength(14)
  expect(rows.at(-1)?.day).toBe(dateOf(92))
  expect(rows.at(-2)?.day).toBe(dateOf(85))
})
