/** The rows of a file that somebody chose. */

import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { csvRows, TooManyRows, UnreadableTable, type CsvRow } from '#api/import-rows.ts'
import { unguarded } from '#charts/exports/csv.ts'

/** Why a file as a whole can't be imported. */
type Unusable = 'empty' | 'noRows' | 'unreadable' | 'tooLarge'

/** Spreadsheets in China save CSV in the system's code page, of which GB 18030 holds all. */
export function rowsOf(bytes: ArrayBuffer, { providerId }: ProviderScope): CsvRow[] | Unusable {
  try {
    const text = textOf(bytes)
    if (text.trim() === '') return 'empty'
    // A spreadsheet writes an empty row as commas.
    const rows = csvRows(text).filter(({ cells, record }) => record instanceof InvalidRecord || !isEmpty(cells))
    return rows.length === 0 ? 'noRows' : rows.map((row) => ofProvider(row, providerId))
  } catch (error) {
    if (error instanceof UnreadableTable) return 'unreadable'
    if (error instanceof TooManyRows) return 'tooLarge'
    throw error
  }
}

const isEmpty = (cells: CsvRow['cells']): boolean => Object.keys(cells).length === 0

/** Whose merchants they are, the page knows; a file need not say it. */
function ofProvider({ row, cells: read, record }: CsvRow, providerId: string): CsvRow {
  // A file of refused rows comes back as it was handed out.
  const cells = Object.fromEntries(Object.entries(read).map(([name, cell]) => [name, unguarded(cell)]))
  if (record instanceof InvalidRecord) return { row, cells, record }
  return { row, cells, record: cells['kind'] === 'merchant' ? { providerId, ...cells } : cells }
}

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
