import { fleetStates } from '#charts/fleet-states/rows.ts'
import type { Table } from '#charts/table.ts'
import { stateName } from '#lib/fleet-labels.ts'
import { reasonName } from '#lib/labels.ts'
import { cityName } from '#lib/places.ts'
import { tradeName } from '#lib/trades.ts'
import { m } from '#paraglide/messages.js'
import { standingOf, type MerchantRow, type Standing } from './rows.ts'

export const standingName: Record<Standing, () => string> = {
  open: m.standing_open,
  partly: m.standing_partly,
  closed: m.standing_closed,
  empty: m.standing_empty,
}

export const tableOf = (rows: readonly MerchantRow[]): Table => ({
  caption: m.merchants_title(),
  columns: [
    { name: m.merchants_number(), kind: 'text' },
    { name: m.merchants_name(), kind: 'text' },
    { name: m.by_mcc(), kind: 'text' },
    { name: m.by_city(), kind: 'text' },
    { name: m.merchants_lost(), kind: 'money' },
    { name: m.lost_high(), kind: 'money' },
    { name: m.merchants_change(), kind: 'money' },
    { name: m.merchants_refused(), kind: 'count' },
    { name: m.merchants_asked(), kind: 'count' },
    { name: m.merchants_cause(), kind: 'text' },
    { name: m.merchants_standing(), kind: 'text' },
    { name: m.states_terminals(), kind: 'count' },
    ...fleetStates.map((state) => ({ name: stateName[state](), kind: 'count' as const })),
  ],
  rows: rows.map((row) => [
    row.merchantNo,
    row.name,
    tradeName(row.mcc),
    cityName(row.city),
    row.lost,
    row.high,
    row.change === 'unknown' ? null : row.change,
    row.unsupported,
    row.attempted,
    row.cause === null ? '' : reasonName[row.cause](),
    standingName[standingOf(row)](),
    row.terminals,
    ...fleetStates.map((state) => row.states[state]),
  ]),
})
