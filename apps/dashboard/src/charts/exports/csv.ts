/** A table as CSV (RFC 4180): money in yuan, shares as numbers, nothing where there is no figure. */

import { allRows, type FileCell, type Table } from '../table.ts'

/** Excel takes a file without it for one of the system's own code page. */
const byteOrderMark = '\uFEFF'

export function csvOf(table: Table): string {
  const { columns } = table
  const lines = allRows(table).map((row) => columns.map(({ kind }, i) => field(row[i] ?? null, kind === 'money')))
  return [columns.map(({ name }) => quoted(name)), ...lines].map((fields) => `${fields.join(',')}\r\n`).join('')
}

export const csvFile = (table: Table): Blob =>
  new Blob([byteOrderMark, csvOf(table)], { type: 'text/csv;charset=utf-8' })

function field(cell: FileCell, isMoney: boolean): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return quoted(cell)
  return isMoney ? (cell / 100).toFixed(2) : String(cell)
}

/** A text that a spreadsheet would run as a formula is kept from it. */
const guarded = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

/** A text of a file that is read, as it was before it was written into one. */
export const unguarded = (text: string): string => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text)

function quoted(text: string): string {
  const safe = guarded(text)
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
