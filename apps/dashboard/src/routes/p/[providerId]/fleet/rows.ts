/** What is wrong with which terminals of a fleet, the worst first. Pure: the rules by which a fault is told from noise stand here. */

import type { HeardTerminal } from '@tillsight/shared/metrics/fleet-health.ts'

const minute = 60_000

/** Of fewer events in a week nothing is said of how late they come, or of a clock that is behind. */
const leastEvents = 5
/** Half of the week's events come so much later than the quickest. */
const lateFrom = 15 * minute
/** Clocks that a network sets are off by seconds. */
const clockFrom = minute

export interface FleetRow extends Omit<HeardTerminal, 'lastEventAt' | 'lastArrivedAt'> {
  name: string
  /** UTC milliseconds by its own clock; null: never heard. */
  lastEventAt: number | null
}

export interface NumberedTerminal {
  serialNo: string | null
  merchantNo: string
  name: string
  terminalNo: string
  timeZone: string
  /** A local day of the merchant. */
  retiredOn: string | null
}

export interface SerialRow {
  serialNo: string
  /** More than one: under several merchants. */
  merchants: number
  terminals: { merchantNo: string; name: string; terminalNo: string }[]
}

/** In the order in which they are looked at. */
export const faults = ['silent', 'gaps', 'late', 'clock', 'serial', 'never'] as const
export type Fault = (typeof faults)[number]
export type TerminalFault = Exclude<Fault, 'serial'>

export type FaultLists = Record<TerminalFault, FleetRow[]> & { serial: SerialRow[] }

/** What a terminal handed over at first contact says nothing of how it sends. */
const isTold = ({ thisWeek, history }: FleetRow): boolean => thisWeek - history >= leastEvents

const isLate = (row: FleetRow): boolean => isTold(row) && (row.medianLateMs ?? 0) >= lateFrom

/**
 * An event that arrives before it happened is proof of a clock that is ahead. One that is behind looks like sending late: it is
 * taken for the clock where even the quickest event takes long, and half of all take less than twice that.
 */
const isClockOff = (row: FleetRow): boolean =>
  row.clockOffsetMs !== null &&
  (row.clockOffsetMs <= -clockFrom ||
    (isTold(row) && row.clockOffsetMs >= clockFrom && (row.medianLateMs ?? 0) < row.clockOffsetMs))

const has: Record<TerminalFault, (row: FleetRow) => boolean> = {
  silent: ({ silent }) => silent,
  gaps: ({ missing }) => missing !== null && missing > 0,
  late: isLate,
  clock: isClockOff,
  never: ({ lastEventAt }) => lastEventAt === null,
}

/** Larger is worse. What was not heard for 30 days has no habit left, and is worse than whatever has. */
const weight: Record<TerminalFault, (row: FleetRow) => number> = {
  silent: ({ received, missedHours }) => (received === 0 ? Infinity : missedHours),
  gaps: ({ missing }) => missing ?? 0,
  late: ({ medianLateMs }) => medianLateMs ?? 0,
  clock: ({ clockOffsetMs }) => Math.abs(clockOffsetMs ?? 0),
  never: () => 0,
}

export function faultLists(rows: readonly FleetRow[], numbered: readonly SerialRow[]): FaultLists {
  const listOf = (fault: TerminalFault): FleetRow[] => {
    const weightOf = weight[fault]
    return rows
      .filter(has[fault])
      .sort(
        (a, b) =>
          (weightOf(a) === weightOf(b) ? 0 : weightOf(b) - weightOf(a)) ||
          (a.lastEventAt ?? 0) - (b.lastEventAt ?? 0) ||
          (`${a.merchantNo} ${a.terminalNo}` < `${b.merchantNo} ${b.terminalNo}` ? -1 : 1),
      )
  }
  return {
    silent: listOf('silent'),
    gaps: listOf('gaps'),
    late: listOf('late'),
    clock: listOf('clock'),
    never: listOf('never'),
    serial: [...numbered],
  }
}

/** Of a terminal in use that was not heard in 30 days. @param lastEventAt null: never. */
export const unheard = (
  { merchantNo, terminalNo, name }: Pick<FleetRow, 'merchantNo' | 'terminalNo' | 'name'>,
  lastEventAt: number | null,
): FleetRow => ({
  merchantNo,
  terminalNo,
  name,
  lastEventAt,
  received: 0,
  thisWeek: 0,
  silent: lastEventAt !== null,
  missedHours: 0,
  missing: null,
  clockOffsetMs: null,
  history: 0,
  medianLateMs: null,
  p95LateMs: null,
})

/** As they are compared: without blanks around them, in capitals. */
const spelled = (serialNo: string): string => serialNo.replace(/^ +| +$/g, '').toUpperCase()

/**
 * One terminal, one code (259号文, 一机一码): a serial number belongs to one terminal of one merchant. Numbers under several merchants
 * come first. @param inUse a terminal that is retired gives its number free.
 */
export function serialRows(
  terminals: readonly NumberedTerminal[],
  inUse: (terminal: NumberedTerminal) => boolean,
): SerialRow[] {
  const numbered = terminals.filter((one) => spelled(one.serialNo ?? '') !== '' && inUse(one))
  const bySerialNo = Map.groupBy(numbered, ({ serialNo }) => spelled(serialNo ?? ''))
  return [...bySerialNo]
    .filter(([, those]) => those.length > 1)
    .map(([serialNo, those]) => ({
      serialNo,
      merchants: new Set(those.map(({ merchantNo }) => merchantNo)).size,
      terminals: those
        .map(({ merchantNo, name, terminalNo }) => ({ merchantNo, name, terminalNo }))
        .sort((a, b) => compare(a.merchantNo, b.merchantNo) || compare(a.terminalNo, b.terminalNo)),
    }))
    .sort(
      (a, b) => b.merchants - a.merchants || b.terminals.length - a.terminals.length || compare(a.serialNo, b.serialNo),
    )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const rowsAPage = 50

export interface Page<Row> {
  rows: Row[]
  /** From 1; one beyond the last is the last. */
  page: number
  pages: number
}

export function pageOf<Row>(rows: readonly Row[], asked: number): Page<Row> {
  const pages = Math.max(1, Math.ceil(rows.length / rowsAPage))
  const page = Math.min(Number.isInteger(asked) && asked > 0 ? asked : 1, pages)
  return { rows: rows.slice((page - 1) * rowsAPage, page * rowsAPage), page, pages }
}

/** The list that the address asks for; else the first that is not empty. */
export function faultIn(query: URLSearchParams, counts: Record<Fault, number>): Fault {
  const asked = query.get('list')
  return faults.find((fault) => fault === asked) ?? faults.find((fault) => counts[fault] > 0) ?? 'silent'
}
