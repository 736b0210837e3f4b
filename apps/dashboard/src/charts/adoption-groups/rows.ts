/** Where each group of terminals stands, and what changed within seven days. */

import type { AdoptionDay } from '@tillsight/shared/metrics/adoption-days.ts'
import { addStates, fleetStates, noStates, type StateCounts } from '#charts/fleet-states/rows.ts'

export interface GroupRow {
  group: string
  terminals: number
  active: number
  states: StateCounts
  /** Of the group seven days before. */
  before: { terminals: number; states: StateCounts }
}

/** @param day the last one, `before` seven days earlier. The largest group first; one that is empty now counts while it lost terminals. */
export function groupRows(days: readonly AdoptionDay[], day: string, before: string): GroupRow[] {
  const rows = new Map<string, GroupRow>()
  const rowOf = (group: string): GroupRow => {
    let row = rows.get(group)
    if (row === undefined) {
      row = { group, terminals: 0, active: 0, states: noStates(), before: { terminals: 0, states: noStates() } }
      rows.set(group, row)
    }
    return row
  }
  for (const each of days) {
    if (each.day === day) {
      const row = rowOf(each.group)
      row.terminals += each.terminals
      row.active += each.active
      addStates(row.states, each)
    } else if (each.day === before) {
      const row = rowOf(each.group)
      row.before.terminals += each.terminals
      addStates(row.before.states, each)
    }
  }
  return [...rows.values()].sort((a, b) => b.terminals - a.terminals || (a.group < b.group ? -1 : 1))
}

/** All groups as one. */
export function together(rows: readonly GroupRow[]): Omit<GroupRow, 'group'> {
  const sum = { terminals: 0, active: 0, states: noStates(), before: { terminals: 0, states: noStates() } }
  for (const { terminals, active, states, before } of rows) {
    sum.terminals += terminals
    sum.active += active
    sum.before.terminals += before.terminals
    addStates(sum.states, states)
    addStates(sum.before.states, before.states)
  }
  return sum
}

/** The groups in which most terminals opened, or closed, within the seven days. */
export const movers = (rows: readonly GroupRow[], most: number): GroupRow[] =>
  rows
    .filter(({ states, before }) => states.open !== before.states.open)
    .sort((a, b) => Math.abs(b.states.open - b.before.states.open) - Math.abs(a.states.open - a.before.states.open))
    .slice(0, most)

export const statesThatChanged = ({ states, before }: Pick<GroupRow, 'states' | 'before'>) =>
  fleetStates.filter((state) => states[state] !== before.states[state])
