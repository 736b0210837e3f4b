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

/** Days of the range, counted from 0, on which nothing of a terminal changes: `from` inclusive, `to` exclusive. */
export interface Stretch extends Facts {
  from: number
  to: number
  state: TerminalState
  active: boolean
}

export const activeDays = 28

/** The days of the range on which the terminal counts, in order and without a gap. */
export function stretchesOf(terminal: FleetTerminal, seen: Seen, { dayOf, firstDay, ends }: Calendar): Stretch[] {
  const registered = dayOf(terminal.createdAt.getTime())
  const from = Math.max(
    0,
    Math.min(registered, seen.firstAt === Infinity ? registered : dayOf(seen.firstAt)) - firstDay,
  )
  const to = Math.min(ends.length, terminal.retiredOn === null ? Infinity : dayNumberOf(terminal.retiredOn) - firstDay)
  if (from >= to) return []
  const starts = [from]
  for (const changes of [seen.states, seen.models, seen.firmwares]) {
    for (const [at] of changes) starts.push(dayEndingAfter(ends, at))
  }
  for (const [first, last] of seen.approvedDays) starts.push(first - firstDay, last + activeDays - firstDay)
  starts.sort((a, b) => a - b)

  const state = cursor(seen.states)
  const model = cursor(seen.models)
  const firmware = cursor(seen.firmwares)
  const stretches: Stretch[] = []
  for (const [i, start] of starts.entries()) {
    const next = Math.min(starts[i + 1] ?? to, to)
    if (start < from || next <= start) continue
    const end = ends[start] ?? 0
    stretches.push({
      from: start,
      to: next,
      state: (state(end) ?? 'unknown') as TerminalState,
      model: model(end) ?? terminal.model,
      firmware: firmware(end) ?? terminal.firmware,
      active: seen.approvedDays.some(
        ([first, last]) => first <= firstDay + start && firstDay + start < last + activeDays,
      ),
    })
  }
  return stretches
}

/** The first day of the range that ends after the moment; as many as there are days where none does. */
function dayEndingAfter(ends: readonly number[], at: number): number {
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? Infinity) > at) high = middle
    else low = middle + 1
  }
  return low
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
