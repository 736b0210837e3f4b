import type { TSchema, Static } from 'typebox'
import type { Validator } from 'typebox/compile'

/**
 * The rows as what their schema says they are. What the engine gives is checked like what a caller sends: a changed column is
 * an error here, not a wrong figure later.
 */
export function parsedRows<Schema extends TSchema>(
  metric: string,
  check: Validator<Record<string, never>, Schema>,
  rows: readonly unknown[],
): Static<Schema>[] {
  return rows.map((row) => {
    if (check.Check(row)) return row
    const [error] = check.Errors(row)
    throw new Error(`${metric}: unexpected row, ${error?.instancePath ?? ''} ${error?.message ?? ''}`)
  })
}
