/** How many terminals were in which Huabei state, day by day. */

import type { AdoptionDay } from '@tillsight/shared/metrics/adoption-days.ts'

/** From what serves a customer to what nobody knows, as the bars stand on the ground. */
export const fleetStates = ['open', 'signedNotOpen', 'capableNotSigned', 'notCapable', 'suspended', 'unknown'] as const
export type FleetState = (typeof fleetStates)[number]
export type StateCounts = Record<FleetState, number>

export interface StateRow {
  /** `2026-11-05`. */
  day: string
  terminals: number
  active: number
  states: StateCounts
}

export const noStates = (): StateCounts => ({
  open: 0,
  signedNotOpen: 0,
  capableNotSigned: 0,
  notCapable: 0,
  suspended: 0,
  unknown: 0,
})

export function addStates(sum: StateCounts, day: Pick<AdoptionDay, FleetState>): void {
  for (const state of fleetStates) sum[state] += day[state]
}

/** So many bars can be told apart; of more days every seventh is shown, counted back from the last one. */
const dailyUpTo = 92

/** @param days in order. @param group null: all together. Days before `from` are left out. */
export function stateRows(days: readonly AdoptionDay[], group: string | null, from: string): StateRow[] {
  const rows = new Map<string, StateRow>()
  for (const each of days) {
    if (each.day < from) continue
    let row = rows.get(each.day)
    if (row === undefined) {
      row = { day: each.day, terminals: 0, active: 0, states: noStates() }
      rows.set(each.day, row)
    }
    if (group !== null && each.group !== group) continue
    row.terminals += each.terminals
    row.active += each.active
    addStates(row.states, each)
  }
  const every = [...rows.values()]
  return every.length <= dailyUpTo ? every : every.filter((_, i) => (every.length - 1 - i) % 7 === 0)
}
