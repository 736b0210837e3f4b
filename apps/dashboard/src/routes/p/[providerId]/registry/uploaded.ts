/** The rows of a file that somebody chose. */

import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { recordColumns } from '#api/import-preview.ts'
import { csvTable, TooManyRows, UnreadableTable, type CsvRow } from '#api/import-rows.ts'
import { unguarded } from '#charts/exports/csv.ts'
import { toldColumns } from './refused-rows.ts'

/** Why a file as a whole can't be imported; `noKind`: no column is known by that name, so none of its rows could be told apart. */
interface Unusable {
  problem: 'empty' | 'noRows' | 'noKind' | 'doubled' | 'unreadable' | 'quotes' | 'tooLarge'
  /** The row to mend, as a spreadsheet counts. */
  row?: number
  /** The name that two columns have. */
  column?: string
}

export interface Uploaded {
  rows: CsvRow[]
  /** Columns that say nothing of merchants and terminals, or are misspelt. */
  unused: string[]
}

const known = new Set<string>(recordColumns)
/** Of a file's own; more of them and longer ones are told as far as that. */
const told = { columns: 20, letters: 40 }

/** Spreadsheets in China save CSV in the system's code page, of which GB 18030 holds all. */
export async function uploadedIn(bytes: ArrayBuffer, { providerId }: ProviderScope): Promise<Uploaded | Unusable> {
  try {
    const text = textOf(bytes)
    if (text.trim() === '') return { problem: 'empty' }
    // A spreadsheet writes an empty row as commas.
    const { columns, rows: all } = await csvTable(text)
    const rows = all.filter(({ cells, record }) => record instanceof InvalidRecord || !isEmpty(cells))
    if (rows.length === 0) return { problem: 'noRows' }
    if (rows.every(({ cells }) => cells['kind'] === undefined)) return { problem: 'noKind' }
    const column = columns.find((name, i) => known.has(name) && columns.indexOf(name) < i)
    if (column !== undefined) return { problem: 'doubled', column }
    const unused = [...new Set(columns)].filter((name) => name !== '' && !known.has(name) && !toldColumns.has(name))
    return {
      rows: rows.map((row) => ofProvider(row, providerId)),
      unused: unused.slice(0, told.columns).map((name) => name.slice(0, told.letters)),
    }
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
