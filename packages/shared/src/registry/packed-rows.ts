/**
 * Rows of which there may be a hundred thousand, given by Postgres as one text a column: as a row each, or as JSON, they take
 * several times as long.
 */

import { sql, type RawBuilder } from 'kysely'
import type { Registry } from './connect.ts'

/** No text of the registry has a control character in it, see records.ts. */
const separator = '\n'
const absent = '\u0001'

/** @param columns expressions of type `text` over `from`, which is all that follows FROM. */
export async function packedRows<Row extends Record<keyof Row, string | null>>(
  registry: Registry,
  columns: { [Name in keyof Row]: RawBuilder<unknown> },
  from: RawBuilder<unknown>,
): Promise<Row[]> {
  const named = Object.entries<RawBuilder<unknown>>(columns)
  const packed = named.map(
    ([name, column]) =>
      sql`string_agg(coalesce(${column}, ${sql.lit(absent)}), ${sql.lit(separator)}) AS ${sql.id(name)}`,
  )
  const { rows } = await sql<Record<string, string | null>>`SELECT ${sql.join(packed)} FROM ${from}`.execute(registry)
  const lists = named.map(([name]) => [name, rows[0]?.[name]?.split(separator) ?? []] as const)
  return (lists[0]?.[1] ?? []).map((_, i) => {
    const row: Record<string, string | null> = {}
    for (const [name, list] of lists) row[name] = list[i] === absent ? null : (list[i] ?? null)
    return row as Row
  })
}
