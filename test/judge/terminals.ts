// Contract section 7: what is known of a terminal on a day.

import { merchantOf, readEvent, withoutRepeats, type JudgedEvent, type Reported } from './event.ts'
import { addDays, localDay, startOfDay } from './local-time.ts'
import { last } from './order.ts'
import type { MerchantRecord } from './peers.ts'
import { visitsOf, type Visit } from './visits.ts'
import type { OwnCode } from './reasons.ts'
import type { WireEvent } from './wire-event.ts'

export type TerminalRecord = {
  merchantNo: string
  terminalNo: string
  model: string | null
  firmware: string | null
  /** A local date of its merchant. */
  retiredOn: string | null
  /** UTC milliseconds. */
  registeredAt: number
}

export type Terminal = {
  record: TerminalRecord
  merchant: MerchantRecord
  /** "the earlier of the day it was registered and the day of its first event" */
  since: string
  reports: readonly Reported[]
  /** Attempted checkouts: "A checkout's terminal is that of t₀." */
  visits: readonly Visit[]
}

export type Known = {
  events: readonly WireEvent[]
  ownCodes: readonly OwnCode[]
  now: number
}

export function terminalsOf(merchant: MerchantRecord, records: readonly TerminalRecord[], known: Known): Terminal[] {
  const { merchantNo, timeZone } = merchant
  const events = withoutRepeats(
    known.events.filter((event) => merchantOf(event.source) === merchantNo).map((event) => readEvent(event)),
  )
  const visits = visitsOf({ merchantNo, ...known })
  return records
    .filter((record) => record.merchantNo === merchantNo)
    .map((record) => {
      const source = `urn:terminal:${merchantNo}:${record.terminalNo}`
      const own = events.filter((event) => event.source === source)
      return {
        record,
        merchant,
        since: localDay(Math.min(record.registeredAt, ...own.map(({ time }) => time)), timeZone),
        reports: own.filter(isReport),
        visits: visits.filter(({ checkout }) => checkout.first?.source === source),
      }
    })
}

function isReport(event: JudgedEvent): event is Reported {
  return event.type === 'tillsight.terminal.reported'
}

/** "It counts through the day before `retiredOn`", on days before its first too none. */
export function countsOn({ since, record: { retiredOn } }: Terminal, day: string): boolean {
  return day >= since && (retiredOn === null || day < retiredOn)
}

/** "by the end of that (merchant's) day" */
function reportsBy({ reports, merchant }: Terminal, day: string): Reported[] {
  const end = startOfDay(addDays(day, 1), merchant.timeZone)
  return reports.filter(({ time }) => time < end)
}

/** "the last reported for `HUABEI`", "`unknown` before any" */
export function lastState(reports: readonly Reported[]): string {
  return last(reports.filter(({ huabei }) => huabei !== null))?.huabei ?? 'unknown'
}

export function stateOn(terminal: Terminal, day: string): string {
  return lastState(reportsBy(terminal, day))
}

/**
 * "model and firmware are the last reported by then, else the registry's": each by itself. The contract names no group
 * where neither tells: `unknown`, as everywhere else.
 */
export function factOn(terminal: Terminal, fact: 'model' | 'firmware', day: string): string {
  const reported = last(reportsBy(terminal, day).filter((report) => report[fact] !== null))
  return reported?.[fact] ?? terminal.record[fact] ?? 'unknown'
}

function approvals({ visits, merchant }: Terminal): string[] {
  return visits
    .map(({ judged }) => judged)
    .filter((judged) => judged?.state === 'approved')
    .flatMap((judged) => (judged === null ? [] : localDay(judged.t0, merchant.timeZone)))
}

/** "an approved checkout in the 28 days up to and including that day" */
export function isActiveOn(terminal: Terminal, day: string): boolean {
  return approvals(terminal).some((approved) => approved > addDays(day, -28) && approved <= day)
}

/** "has ever had an approved checkout", as of that day: also one more than 28 days before, none after. */
export function hasSucceededBy(terminal: Terminal, day: string): boolean {
  return approvals(terminal).some((approved) => approved <= day)
}
