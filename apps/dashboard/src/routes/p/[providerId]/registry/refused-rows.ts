/** Refused rows as a person reads them: on the page, and as a table to take away, mend and import again. */

import type { RefusedRow } from '@tillsight/shared/registry/import-progress.ts'
import { recordColumns } from '#api/import-preview.ts'
import type { Column, Table } from '#charts/table.ts'
import { count } from '#lib/format.ts'
import { m } from '#paraglide/messages.js'
import { locales } from '#paraglide/runtime.js'

const forms: Record<string, () => string> = {
  kind: m.form_kind,
  name: m.form_name,
  providerId: m.form_provider,
  merchantNo: m.form_merchant_no,
  terminalNo: m.form_terminal_no,
  mcc: m.form_mcc,
  region: m.form_region,
  timeZone: m.form_time_zone,
  deviceType: m.form_device_type,
  retiredOn: m.form_retired_on,
}

/** Of a cell, which may hold anything. */
const readableCharacters = 60
const cut = (text: string): string =>
  text.length > readableCharacters ? `${text.slice(0, readableCharacters)}…` : text

const columnOf = ({ pointer }: RefusedRow): string => pointer.slice(1)

/** Whose row it is, by the numbers in it. */
function holderOf({ cells: { merchantNo, terminalNo } }: RefusedRow): string {
  return [
    ...(merchantNo === undefined ? [] : [m.key_of_merchant({ merchantNo: cut(merchantNo) })]),
    ...(terminalNo === undefined ? [] : [m.key_terminal({ terminalNo: cut(terminalNo) })]),
  ].join(' · ')
}

function reasonOf(refused: RefusedRow): string {
  const field = columnOf(refused)
  const found = refused.cells[field]
  switch (refused.problem) {
    case 'form':
    case 'kind': {
      const form = (forms[field] ?? m.form_fact)()
      return found === undefined ? m.row_missing({ field, form }) : m.row_form({ field, form, value: cut(found) })
    }
    case 'cells':
    case 'unreadable':
      return m.row_cells()
    case 'outOfScope':
    case 'noProvider':
      return m.row_out_of_scope()
    case 'hasEvents':
      return m.row_has_events()
    case 'noProvince':
      return m.row_no_province({ value: found ?? '', digits: found?.slice(0, 2) ?? '' })
    case 'contradiction':
      return m.row_contradiction({ row: count(refused.otherRow ?? 0) })
  }
}

export const listed = (refused: RefusedRow) => ({
  row: refused.row,
  holder: holderOf(refused),
  reason: reasonOf(refused),
})

const text = (name: string): Column => ({ name, kind: 'text' })

const told = [m.row_number, m.row_column, m.row_value, m.row_reason]
/** What a file of refused rows says of each, before the row itself, in whatever language: when it comes back, it says nothing. */
export const toldColumns: ReadonlySet<string> = new Set(
  told.flatMap((name) => locales.map((locale) => name({}, { locale }))),
)

export const tableOf = (refused: readonly RefusedRow[]): Table => ({
  caption: m.import_refused(),
  columns: [
    ...told.map((name): Column => ({ name: name(), kind: name === m.row_number ? 'count' : 'text' })),
    ...recordColumns.map(text),
  ],
  rows: refused.map((one) => [
    one.row,
    columnOf(one),
    one.cells[columnOf(one)] ?? '',
    reasonOf(one),
    ...recordColumns.map((column) => one.cells[column] ?? ''),
  ]),
})
