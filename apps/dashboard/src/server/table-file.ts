import { csvFile } from '#charts/exports/csv.ts'
import { xlsxFile } from '#charts/exports/xlsx.ts'
import type { Table } from '#charts/table.ts'

/**
 * A table as a file to download: CSV, or Excel where the address says `format=xlsx`.
 * @param name without an extension.
 */
export async function tableFile(name: string, table: Table, query: URLSearchParams): Promise<Response> {
  const isExcel = query.get('format') === 'xlsx'
  const content = isExcel ? await xlsxFile(table) : csvFile(table)
  const filename = `${name}.${isExcel ? 'xlsx' : 'csv'}`
  return new Response(content, {
    headers: { 'content-type': content.type, 'content-disposition': `attachment; filename="${filename}"` },
  })
}
