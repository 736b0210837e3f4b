import type { AdoptionDay } from '@tillsight/shared/metrics/adoption-days.ts'
import { expect, test } from 'vitest'
import { fleetStates } from '#charts/fleet-states/rows.ts'
import { groupRows, movers, statesThatChanged, together } from './rows.ts'

const [before, today] = ['2026-11-01', '2026-11-08']
const day = (date: string, group: string, counts: Partial<AdoptionDay>): AdoptionDay => {
  const states = { notCapable: 0, capableNotSigned: 0, signedNotOpen: 0, open: 0, suspended: 0, unknown: 0, ...counts }
  const terminals = fleetStates.reduce((sum, state) => sum + states[state], 0)
  return { day: date, group, active: 0, ...states, terminals }
}
const rowsOf = (...days: AdoptionDay[]) => groupRows(days, today, before)

test('the largest group comes first, of equal ones by name, and days in between don’t count', () => {
  const rows = rowsOf(
    day(today, 'B', { open: 2 }),
    day(today, 'A', { open: 1, unknown: 1 }),
    day(today, 'C', { notCapable: 9 }),
    day('2026-11-05', 'B', { open: 50 }),
  )
  expect(rows.map(({ group, terminals }) => [group, terminals])).toEqual([
    ['C', 9],
    ['A', 2],
    ['B', 2],
  ])
})

test('a group of one terminal is a group, and its change is told', () => {
  const [only] = rowsOf(day(before, 'A', { capableNotSigned: 1 }), day(today, 'A', { open: 1 }))
  expect(only).toMatchObject({ terminals: 1, states: { open: 1 }, before: { terminals: 1, states: { open: 0 } } })
  expect(only && statesThatChanged(only)).toEqual(['open', 'capableNotSigned'])
})

test('a group that is new had nothing before, and one that is gone is there with what it lost', () => {
  const rows = rowsOf(day(before, 'gone', { open: 3 }), day(today, 'new', { open: 2 }))
  expect(rows.map(({ group, terminals, before: was }) => [group, terminals, was.terminals])).toEqual([
    ['new', 2, 0],
    ['gone', 0, 3],
  ])
})

test('all groups together are all terminals, however many groups there are', () => {
  const days = Array.from({ length: 60 }, (_, i) => day(today, `M${i}`, { open: i, suspended: 1 }))
  const rows = rowsOf(...days)
  expect(rows).toHaveLength(60)
  expect(together(rows)).toMatchObject({
    terminals: 60 * 59 * 0.5 + 60,
    states: { open: 60 * 59 * 0.5, suspended: 60 },
  })
})

test('without a terminal there is no group, and nothing changed', () => {
  expect(rowsOf()).toEqual([])
  expect(together([])).toMatchObject({ terminals: 0, active: 0 })
  expect(statesThatChanged(together([]))).toEqual([])
})

test('those that moved most come first, opened or closed, and who did not move is not among them', () => {
  const rows = rowsOf(
    ...[day(before, 'closed', { open: 9 }), day(today, 'closed', { suspended: 9 })],
    ...[day(before, 'opened', { notCapable: 4 }), day(today, 'opened', { open: 4 })],
    ...[day(before, 'same', { open: 70 }), day(today, 'same', { open: 70 })],
  )
  expect(movers(rows, 5).map(({ group }) => group)).toEqual(['closed', 'opened'])
  expect(movers(rows, 1).map(({ group }) => group)).toEqual(['closed'])
})
