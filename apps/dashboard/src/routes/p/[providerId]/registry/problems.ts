/** What is wrong with a file or one of its rows, in the reader's words. */

import type { RecordProblem } from '@tillsight/shared/registry/records.ts'
import { m } from '#paraglide/messages.js'

const problems: Record<string, () => string> = {
  noFile: m.import_no_file,
  unreadable: m.import_unreadable,
  busy: m.import_busy,
  forgotten: m.import_forgotten,
}

/** Null where the problem is another form's. */
export const importProblem = (problem: string): string | null => problems[problem]?.() ?? null

const forms: Record<string, () => string> = {
  name: m.form_name,
  providerId: m.form_provider,
  merchantNo: m.form_merchant_no,
  terminalNo: m.form_terminal_no,
  mcc: m.form_mcc,
  region: m.form_region,
  timeZone: m.form_time_zone,
  deviceType: m.form_device_type,
  retiredOn: m.form_retired_on,
}

/** @param pointer of the field to mend, such as `/mcc`. */
export function rowProblem(problem: RecordProblem, pointer: string): string {
  const field = pointer.slice(1)
  switch (problem) {
    case 'form':
      return m.row_form({ field, form: (forms[field] ?? m.form_fact)() })
    case 'kind':
      return m.row_kind()
    case 'cells':
    case 'unreadable':
      return m.row_cells()
    case 'outOfScope':
    case 'noProvider':
      return m.row_out_of_scope()
    case 'hasEvents':
      return m.row_has_events()
  }
}
