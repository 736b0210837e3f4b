import type { Table } from '#charts/table.ts'
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
    { name: m.state_open(), kind: 'count' },
  ],
  rows: rows.map((row) => [
    row.merchantNo,
    row.name,
    tradeName(row.mcc),
    cityName(row.city),
    row.lost,
    row.high,
    row.change,
    row.unsupported,
    row.attempted,
    row.cause === null ? '' : reasonName[row.cause](),
    standingName[standingOf(row)](),
    row.terminals,
    row.open,
  ]),
})
