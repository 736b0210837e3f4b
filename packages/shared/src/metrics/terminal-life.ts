/** What became of one terminal, day by day, from what the registry and its events say. Days are local days of its merchant. */

import { capabilityStates } from '../events/event.ts'
import type { FleetTerminal } from '../registry/fleet.ts'
import { dayNumberOf } from './intervals.ts'
import type { Spell } from './time-to-open.ts'

export type TerminalState = (typeof capabilityStates)[number] | 'unknown'

/** Values with the moment from which they hold, in order of time. */
export type Changes = readonly (readonly [at: number, value: string])[]

/** What its events tell. */
export interface Seen {
  /** UTC milliseconds of its first event; Infinity: none. */
  firstAt: number
  states: Changes
  models: Changes
  firmwares: Changes
  /** UTC milliseconds of its first unsupported checkout; undefined: none. */
  unsupportedAt: number | undefined
  /** Runs of days, as numbers since 1970, with an approved checkout, none more than 28 after the one before. */
  approvedDays: readonly (readonly [first: number, last: number])[]
}

export const nothingSeen: Seen = {
  firstAt: Infinity,
  states: [],
  models: [],
  firmwares: [],
  unsupportedAt: undefined,
  approvedDays: [],
}

/** The range's days on the merchant's calendar. */
export interface Calendar {
  /** Days since 1970 of a moment. */
  dayOf: (at: number) => number
  firstDay: number
  /** UTC milliseconds of the end of each day of the range. */
  ends: readonly number[]
}

/** The last reported by then, else what the registry says; null: neither tells. */
export interface Facts {
  model: string | null
  firmware: string | null
}

export interface TerminalDay extends Facts {
  /** Counted into the range's days. */
  day: number
  state: TerminalState
  active: boolean
}

export const activeDays = 28

/** Every day of the range on which the terminal counts, in order. */
export function daysOf(terminal: FleetTerminal, seen: Seen, { dayOf, firstDay, ends }: Calendar): TerminalDay[] {
  const registered = dayOf(terminal.createdAt.getTime())
  const from = Math.max(
    0,
    Math.min(registered, seen.firstAt === Infinity ? registered : dayOf(seen.firstAt)) - firstDay,
  )
  const to = Math.min(ends.length, terminal.retiredOn === null ? Infinity : dayNumberOf(terminal.retiredOn) - firstDay)
  const state = cursor(seen.states)
  const model = cursor(seen.models)
  const firmware = cursor(seen.firmwares)
  const days: TerminalDay[] = []
  for (let day = from; day < to; day += 1) {
    const end = ends[day] ?? 0
    days.push({
      day,
      state: (state(end) ?? 'unknown') as TerminalState,
      model: model(end) ?? terminal.model,
      firmware: firmware(end) ?? terminal.firmware,
      active: seen.approvedDays.some(([first, last]) => first <= firstDay + day && firstDay + day < last + activeDays),
    })
  }
  return days
}

/** What is known of it before a moment. */
export const factsBy = (terminal: FleetTerminal, { models, firmwares }: Seen, before: number): Facts => ({
  model: cursor(models)(before) ?? terminal.model,
  firmware: cursor(firmwares)(before) ?? terminal.firmware,
})

/** Gives the last value from before a moment; asked for later and later ones. */
function cursor(changes: Changes): (before: number) => string | undefined {
  let next = 0
  return (before) => {
    while (next < changes.length && (changes[next]?.[0] ?? Infinity) < before) next += 1
    return changes[next - 1]?.[1]
  }
}

/** How long it took from its first unsupported checkout to `open`; undefined where it never had to refuse, or was open then. */
export function spellOf(terminal: FleetTerminal, seen: Seen, { dayOf, firstDay, ends }: Calendar): Spell | undefined {
  const { unsupportedAt, states } = seen
  if (unsupportedAt === undefined) return undefined
  if (states.findLast(([at]) => at <= unsupportedAt)?.[1] === 'open') return undefined
  const began = dayOf(unsupportedAt)
  const retired = terminal.retiredOn === null ? Infinity : dayNumberOf(terminal.retiredOn)
  const until = Math.min(firstDay + ends.length - 1, retired)
  if (began > until || began === retired) return undefined
  const openedAt = states.find(([at, state]) => at > unsupportedAt && state === 'open')?.[0]
  const opened = openedAt === undefined ? Infinity : dayOf(openedAt)
  if (opened <= until && opened < retired) return { days: opened - began, opened: true }
  return { days: until - began, opened: false }
}
