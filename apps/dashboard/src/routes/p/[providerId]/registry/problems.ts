/** Why a file can't be imported, in the reader's words. */

import { mostRows } from '#api/most-rows.ts'
import { count } from '#lib/format.ts'
import { m } from '#paraglide/messages.js'

const problems: Record<string, (at: Place) => string> = {
  noFile: m.import_no_file,
  empty: m.import_empty,
  noRows: m.import_no_rows,
  noKind: m.import_no_kind,
  quotes: ({ row = 0 }) => m.import_quotes({ row: count(row) }),
  doubled: ({ column = '' }) => m.import_doubled({ column }),
  unreadable: m.import_unreadable,
  tooLarge: () => m.import_too_large({ rows: count(mostRows) }),
  busy: m.import_busy,
  forgotten: m.import_forgotten,
}

interface Place {
  row?: number
  column?: string
}

/** Null where the problem is another form's. */
export const importProblem = (problem: string, at: Place = {}): string | null => problems[problem]?.(at) ?? null
