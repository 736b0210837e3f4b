/** A table as an Excel file: numbers are numbers, money in yuan, shares in per cent. */

import writeExcelFile, { type SheetData } from 'write-excel-file/universal'
import { allRows, type Column, type FileCell, type Table } from '../table.ts'

const formats: Record<Column['kind'], string> = {
  text: '@',
  count: '#,##0',
  money: '"¥"#,##0.00',
  share: '0.0%',
  ratio: '0.00',
}

/** Excel allows no more, and none of these characters. */
const sheetName = (caption: string): string => caption.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31)

export const xlsxFile = (table: Table): Promise<Blob> =>
  writeExcelFile(sheetOf(table), {
    sheet: sheetName(table.caption),
    stickyRowsCount: 1,
    columns: table.columns.map(({ name, kind }) => ({ width: Math.max(kind === 'text' ? 22 : 14, name.length + 2) })),
  }).toBlob()

function sheetOf(table: Table): SheetData {
  const { columns } = table
  return [
    columns.map(({ name }) => ({ value: name, type: String, fontWeight: 'bold' as const })),
    ...allRows(table).map((row) => columns.map(({ kind }, i) => cellOf(row[i] ?? null, kind))),
  ]
}

function cellOf(cell: FileCell, kind: Column['kind']) {
  if (cell === null) return null
  if (typeof cell === 'string') return { value: cell, type: String, format: formats.text }
  return { value: kind === 'money' ? cell / 100 : cell, type: Number, format: formats[kind] }
}
