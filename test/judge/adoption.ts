// Contract section 7: `adoption`.

import { reasonRowsOf, type ReasonRow } from './figures.ts'
import { addDays, localDay } from './local-time.ts'
import { earliest } from './order.ts'
import type { MerchantRecord } from './peers.ts'
import type { OwnCode } from './reasons.ts'
import { kaplanMeier, type Observation, type Survival } from './survival.ts'
import { countsOn, factOn, hasSucceededBy, isActiveOn, lastState, stateOn, terminalsOf } from './terminals.ts'
import type { Terminal, TerminalRecord } from './terminals.ts'
import { isUnsupported, judgedOf, visitsOf } from './visits.ts'
import type { WireEvent } from './wire-event.ts'

type Grouping = 'model' | 'firmware' | 'mcc' | 'city'

export type AdoptionQuestion = {
  providerId: string
  /** All there are, of whichever provider; terminals too. */
  merchants: readonly MerchantRecord[]
  terminals: readonly TerminalRecord[]
  /** All merchants' together: in any order, with any repeats. All of them valid. */
  events: readonly WireEvent[]
  ownCodes: readonly (OwnCode & { providerId: string })[]
  /** UTC milliseconds. */
  now: number
  from: string
  to: string
  by: Grouping
}

type AdoptionDay = {
  day: string
  group: string
  terminals: number
  notCapable: number
  capableNotSigned: number
  signedNotOpen: number
  open: number
  suspended: number
  unknown: number
  active: number
}

/** The body without what all answers carry. `days` by day and group, `reasons` by name. */
export type Adoption = {
  by: Grouping
  /** Groups without a terminal on a day are left out of it. */
  days: AdoptionDay[]
  funnel: { terminals: number; capable: number; signed: number; open: number; succeeded: number; active: number }
  timeToOpen: { terminals: number; opened: number } & Survival
  reasons: Omit<ReasonRow, 'netLost'>[]
}

/** What only the provider's page shows: time to open by the group that a terminal is in on the day `to`. Sorted by name. */
export function judgeOpenings(
  input: AdoptionQuestion,
): ({ group: string; terminals: number; opened: number } & Survival)[] {
  const { by, to, events, now } = input
  const merchants = input.merchants.filter((merchant) => merchant.providerId === input.providerId)
  const ownCodes = input.ownCodes.filter((code) => code.providerId === input.providerId)
  const observed = merchants
    .flatMap((merchant) => terminalsOf(merchant, input.terminals, { events, ownCodes, now }))
    .flatMap((terminal) =>
      observationsOf([terminal], to).map((seen) => ({ ...seen, group: groupOn(terminal, by, to) })),
    )
  return [...new Set(observed.map(({ group }) => group))].toSorted().map((group) => {
    const those = observed.filter((each) => each.group === group)
    const opened = those.filter((each) => each.opened).length
    return { group, terminals: those.length, opened, ...kaplanMeier(those) }
  })
}

export function judgeAdoption(input: AdoptionQuestion): Adoption {
  const { providerId, from, to, by, events, now } = input
  const merchants = input.merchants.filter((merchant) => merchant.providerId === providerId)
  const ownCodes = input.ownCodes.filter((code) => code.providerId === providerId)
  const terminals = merchants.flatMap((merchant) => terminalsOf(merchant, input.terminals, { events, ownCodes, now }))

  const days: AdoptionDay[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(...rowsOf(terminals, day, by))

  const observations = observationsOf(terminals, to)
  return {
    by,
    days,
    funnel: funnelOf(terminals, to),
    timeToOpen: {
      terminals: observations.length,
      opened: observations.filter(({ opened }) => opened).length,
      ...kaplanMeier(observations),
    },
    reasons: reasonRowsOf(
      merchants.flatMap(({ merchantNo, timeZone }) =>
        judgedOf(visitsOf({ merchantNo, events, ownCodes, now })).filter(({ t0 }) => {
          const day = localDay(t0, timeZone)
          return day >= from && day <= to
        }),
      ),
    ).map(({ netLost: _netLost, ...row }) => row),
  }
}

function groupOn(terminal: Terminal, by: Grouping, day: string): string {
  if (by === 'mcc') return terminal.merchant.mcc
  // "its first four digits name the city"
  return by === 'city' ? terminal.merchant.region.slice(0, 4) : factOn(terminal, by, day)
}

function rowsOf(terminals: readonly Terminal[], day: string, by: Grouping): AdoptionDay[] {
  const counted = terminals.filter((terminal) => countsOn(terminal, day))
  const groups = [...new Set(counted.map((terminal) => groupOn(terminal, by, day)))].toSorted()
  return groups.map((group) => {
    const those = counted.filter((terminal) => groupOn(terminal, by, day) === group)
    const inState = (state: string) => those.filter((terminal) => stateOn(terminal, day) === state).length
    return {
      day,
      group,
      terminals: those.length,
      notCapable: inState('not_capable'),
      capableNotSigned: inState('capable_not_signed'),
      signedNotOpen: inState('signed_not_open'),
      open: inState('open'),
      suspended: inState('suspended'),
      unknown: inState('unknown'),
      active: those.filter((terminal) => isActiveOn(terminal, day)).length,
    }
  })
}

/** Each step by itself: one that succeeded needs not be open now. */
function funnelOf(terminals: readonly Terminal[], to: string): Adoption['funnel'] {
  const counted = terminals.filter((terminal) => countsOn(terminal, to))
  const inStates = (...states: string[]) => counted.filter((terminal) => states.includes(stateOn(terminal, to))).length
  return {
    terminals: counted.length,
    capable: counted.length - inStates('not_capable', 'unknown'),
    signed: inStates('signed_not_open', 'open', 'suspended'),
    open: inStates('open'),
    succeeded: counted.filter((terminal) => hasSucceededBy(terminal, to)).length,
    active: counted.filter((terminal) => isActiveOn(terminal, to)).length,
  }
}

/** Of all terminals whose first unsupported checkout was by `to`, also before `from`, and while they counted. */
function observationsOf(terminals: readonly Terminal[], to: string): Observation[] {
  return terminals.flatMap((terminal): Observation | [] => {
    const { merchant, record, reports, visits } = terminal
    const first = earliest(visits.filter(isUnsupported).flatMap(({ checkout }) => checkout.first ?? []))
    if (first === undefined) return []
    const start = localDay(first.time, merchant.timeZone)
    if (start > to || !countsOn(terminal, start)) return []

    // "terminals open at that time are left out": by a report of that very instant too, since "after it" is later.
    if (lastState(reports.filter(({ time }) => time <= first.time)) === 'open') return []
    const opening = earliest(reports.filter(({ time, huabei }) => time > first.time && huabei === 'open'))
    const opened = opening === undefined ? null : localDay(opening.time, merchant.timeZone)
    // A report of `open` on the day of `retiredOn` or later comes from a terminal that no longer counts.
    if (opened !== null && opened <= to && countsOn(terminal, opened)) {
      return { days: daysBetween(start, opened), opened: true }
    }
    // "not yet open is censored at `to`"; a retired terminal "is censored there", at `retiredOn`.
    const end = record.retiredOn !== null && record.retiredOn < to ? record.retiredOn : to
    return { days: daysBetween(start, end), opened: false }
  })
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}
