/** The rows of a file that somebody chose. */

import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { csvRows, TooManyRows, UnreadableTable, type CsvRow } from '#api/import-rows.ts'
import { unguarded } from '#charts/exports/csv.ts'

/** Why a file as a whole can't be imported; `noKind`: no column is known by that name, so none of its rows could be told apart. */
interface Unusable {
  problem: 'empty' | 'noRows' | 'noKind' | 'unreadable' | 'quotes' | 'tooLarge'
  /** The row to mend, as a spreadsheet counts. */
  row?: number
}

/** Spreadsheets in China save CSV in the system's code page, of which GB 18030 holds all. */
export function rowsOf(bytes: ArrayBuffer, { providerId }: ProviderScope): CsvRow[] | Unusable {
  try {
    const text = textOf(bytes)
    if (text.trim() === '') return { problem: 'empty' }
    // A spreadsheet writes an empty row as commas.
    const rows = csvRows(text).filter(({ cells, record }) => record instanceof InvalidRecord || !isEmpty(cells))
    if (rows.length === 0) return { problem: 'noRows' }
    if (rows.every(({ cells }) => cells['kind'] === undefined)) return { problem: 'noKind' }
    return rows.map((row) => ofProvider(row, providerId))
  } catch (error) {
    if (error instanceof TooManyRows) return { problem: 'tooLarge' }
    if (!(error instanceof UnreadableTable)) throw error
    return error.row === undefined || error.row === 1
      ? { problem: 'unreadable' }
      : { problem: 'quotes', row: error.row }
  }
}

const isEmpty = (cells: CsvRow['cells']): boolean => Object.keys(cells).length === 0

/** Whose merchants they are, the page knows; a file need not say it. */
function ofProvider({ row, cells: read, record }: CsvRow, providerId: string): CsvRow {
  // A file of refused rows comes back as it was handed out.
  const cells = Object.fromEntries(Object.entries(read).map(([name, cell]) => [name, unguarded(cell)]))
  if (record instanceof InvalidRecord) return { row, cells, record }
  const { retiredOn } = cells
  const told = retiredOn === undefined ? cells : { ...cells, retiredOn: dayIn(retiredOn) }
  return { row, cells, record: cells['kind'] === 'merchant' ? { providerId, ...told } : told }
}

/** A Chinese spreadsheet makes 2026/11/1 of 2026-11-01, as often as it is typed. */
const dayIn = (cell: string): string =>
  cell.replace(
    /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/,
    (_, year: string, month: string, day: string) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
  )

function textOf(bytes: ArrayBuffer): string {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // The next one.
    }
  }
  throw new UnreadableTable()
}
