import { Problem } from '@tillsight/shared/http/problem.ts'
import { csvFile } from '#charts/exports/csv.ts'
import { xlsxFile } from '#charts/exports/xlsx.ts'
import { excelRowsAtMost, type Table } from '#charts/table.ts'

/**
 * A table as a file to download: CSV, or Excel where the address says `format=xlsx`.
 * @param name without an extension.
 * @throws Problem 413 where Excel would take too long.
 */
export async function tableFile(name: string, table: Table, query: URLSearchParams): Promise<Response> {
  const isExcel = query.get('format') === 'xlsx'
  if (isExcel && table.rows.length > excelRowsAtMost)
    throw new Problem(413, `An Excel file has at most ${excelRowsAtMost} rows. Take CSV.`)
  const content = isExcel ? await xlsxFile(table) : csvFile(table)
  const filename = `${name}.${isExcel ? 'xlsx' : 'csv'}`
  return new Response(content, {
    headers: { 'content-type': content.type, 'content-disposition': `attachment; filename="${filename}"` },
  })
}
