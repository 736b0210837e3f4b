/** The whole of a list, to take away: numbers as numbers. */

import type { Cell, Column, Table } from '#charts/table.ts'
import { m } from '#paraglide/messages.js'
import type { Fault, FaultLists, FleetRow } from './rows.ts'

export const faultName: Record<Fault, () => string> = {
  silent: m.fleet_silent,
  gaps: m.fleet_gaps,
  late: m.fleet_late,
  clock: m.fleet_clock,
  serial: m.fleet_serial,
  never: m.fleet_never,
}

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 1000))
const text = (name: string): Column => ({ name, kind: 'text' })
const number = (name: string): Column => ({ name, kind: 'count' })

function serialTable({ serial }: FaultLists): Table {
  return {
    caption: faultName.serial(),
    columns: [
      text(m.fleet_serial_no()),
      text(m.merchants_number()),
      text(m.merchants_name()),
      text(m.fleet_terminal_no()),
    ],
    rows: serial.flatMap(({ serialNo, terminals }) =>
      terminals.map(({ merchantNo, name, terminalNo }) => [serialNo, merchantNo, name, terminalNo]),
    ),
  }
}

export function tableOf(fault: Fault, lists: FaultLists): Table {
  if (fault === 'serial') return serialTable(lists)
  return {
    caption: faultName[fault](),
    columns: [
      text(m.merchants_number()),
      text(m.merchants_name()),
      text(m.fleet_terminal_no()),
      text(m.fleet_last_event()),
      number(m.fleet_missed_hours()),
      number(m.fleet_received()),
      number(m.fleet_missing()),
      number(m.fleet_history()),
      number(m.fleet_median_late_s()),
      number(m.fleet_p95_late_s()),
      number(m.fleet_clock_s()),
    ],
    rows: lists[fault].map((row: FleetRow): Cell[] => [
      row.merchantNo,
      row.name,
      row.terminalNo,
      row.lastEventAt === null ? '' : new Date(row.lastEventAt).toISOString(),
      row.received === 0 ? null : row.missedHours,
      row.received,
      row.missing,
      row.history,
      seconds(row.medianLateMs),
      seconds(row.p95LateMs),
      seconds(row.clockOffsetMs),
    ]),
  }
}
