/** Why a file can't be imported, in the reader's words. */

import { mostRows } from '#api/most-rows.ts'
import { count } from '#lib/format.ts'
import { m } from '#paraglide/messages.js'

const problems: Record<string, (row: number) => string> = {
  noFile: m.import_no_file,
  empty: m.import_empty,
  noRows: m.import_no_rows,
  noKind: m.import_no_kind,
  quotes: (row) => m.import_quotes({ row: count(row) }),
  unreadable: m.import_unreadable,
  tooLarge: () => m.import_too_large({ rows: count(mostRows) }),
  busy: m.import_busy,
  forgotten: m.import_forgotten,
}

/** Null where the problem is another form's. */
export const importProblem = (problem: string, row = 0): string | null => problems[problem]?.(row) ?? null
