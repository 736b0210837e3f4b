/** How many terminals of each group were in which state, day by day. */

import type { Stretch, TerminalState } from './terminal-life.ts'

/** The column of a day that counts a state. */
export const stateColumns = {
  not_capable: 'notCapable',
  capable_not_signed: 'capableNotSigned',
  signed_not_open: 'signedNotOpen',
  open: 'open',
  suspended: 'suspended',
  unknown: 'unknown',
} as const satisfies Record<TerminalState, string>

export const countedColumns = ['terminals', ...Object.values(stateColumns), 'active'] as const
type Column = (typeof countedColumns)[number]

export type AdoptionDay = { day: string; group: string } & Record<Column, number>

/**
 * Counts stretches of days without looking at each of their days: what begins is added on its first day, what ends is taken
 * away on the day after its last.
 */
export class DayCounts {
  readonly #days: readonly string[]
  readonly #groups = new Map<string, Record<Column, number[]>>()

  /** @param days of the range, in order. */
  constructor(days: readonly string[]) {
    this.#days = days
  }

  add(group: string, { from, to, state, active }: Stretch): void {
    let changes = this.#groups.get(group)
    if (changes === undefined) {
      const none = () => Array.from({ length: this.#days.length + 1 }, () => 0)
      changes = Object.fromEntries(countedColumns.map((column) => [column, none()])) as Record<Column, number[]>
      this.#groups.set(group, changes)
    }
    for (const column of [stateColumns[state], ...(active ? (['active'] as const) : [])])
      change(changes[column], from, to)
    change(changes.terminals, from, to)
  }

  /** One for each day and group that has terminals then. */
  rows(): AdoptionDay[] {
    return [...this.#groups].flatMap(([group, changes]) => {
      const counts = Object.fromEntries(countedColumns.map((column) => [column, 0])) as Record<Column, number>
      return this.#days.flatMap((day, i): AdoptionDay[] => {
        for (const column of countedColumns) counts[column] += changes[column][i] ?? 0
        return counts.terminals === 0 ? [] : [{ day, group, ...counts }]
      })
    })
  }
}

function change(changes: number[], from: number, to: number): void {
  changes[from] = (changes[from] ?? 0) + 1
  changes[to] = (changes[to] ?? 0) - 1
}
