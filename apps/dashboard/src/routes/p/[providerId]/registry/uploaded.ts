/** The rows of a file that somebody chose. */

import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { csvRows, UnreadableTable, type ReadRow } from '#api/import-rows.ts'
import { InvalidRecord } from '@tillsight/shared/registry/records.ts'

/** Spreadsheets in China save CSV in the system's code page, of which GB 18030 holds all. Null: neither, or no rows. */
export function rowsOf(bytes: ArrayBuffer, { providerId }: ProviderScope): ReadRow[] | null {
  try {
    const rows = csvRows(textOf(bytes))
    if (rows.length === 0) return null
    // Whose merchants they are, the page knows; a file need not say it.
    return rows.map((row) =>
      row instanceof InvalidRecord || row['kind'] !== 'merchant' ? row : { providerId, ...row },
    )
  } catch (error) {
    if (error instanceof UnreadableTable) return null
    throw error
  }
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
