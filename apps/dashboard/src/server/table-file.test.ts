import { expect, test } from 'vitest'
import { excelRowsAtMost, type Table } from '#charts/table.ts'
import { tableFile } from './table-file.ts'

const table = (rows: number): Table => ({
  caption: 'Terminals',
  columns: [{ name: 'terminalNo', kind: 'text' }],
  rows: Array.from({ length: rows }, (_, i) => [String(i)]),
})
const file = (rows: number, format: string) => tableFile('p1_silent', table(rows), new URLSearchParams({ format }))

test('an Excel file that would keep everybody waiting is not made; CSV is', async () => {
  await expect(file(excelRowsAtMost + 1, 'xlsx')).rejects.toMatchObject({ status: 413 })
  const response = await file(excelRowsAtMost + 1, 'csv')
  expect((await response.text()).trim().split('\n')).toHaveLength(excelRowsAtMost + 2)
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="p1_silent.csv"')
})
