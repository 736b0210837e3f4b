/** The forms a figure is answered in: JSON, or the rows of its series as CSV or Parquet (contract section 7). */

import { Problem } from '@tillsight/shared/http/problem.ts'
import { stringify } from 'csv-stringify/sync'
import { parseAccept } from 'hono/utils/accept'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { ApiContext } from './route.ts'

const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
} as const
export type Format = keyof typeof mediaTypes

const everyFormat = Object.keys(mediaTypes) as Format[]

/** The best of the forms on offer that the request accepts. Throws 406 where it accepts none. */
export function formatIn(c: ApiContext, offered: readonly Format[] = everyFormat): Format {
  const ranges = parseAccept(c.req.header('accept') || '*/*').map(({ type, q }) => ({ wanted: type.toLowerCase(), q }))
  const refused = new Set(ranges.filter(({ q }) => q === 0).map(({ wanted }) => wanted))
  for (const { wanted } of ranges.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q)) {
    for (const format of offered) {
      const mediaType = mediaTypes[format]
      if (refused.has(mediaType)) continue
      if (wanted === '*/*' || wanted === mediaType || wanted === `${mediaType.split('/')[0]}/*`) return format
    }
  }
  throw new Problem(406, `Accept must allow ${offered.map((format) => mediaTypes[format]).join(' or ')}.`)
}

type Cell = string | number | boolean | null

/** One row's figures by column: JSON paths joined with `_`, as in `outcomes_abandoned_checkouts`. */
function flatten(value: object, prefix = ''): Record<string, Cell> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]: [string, unknown]) =>
      typeof inner === 'object' && inner !== null
        ? flatten(inner, `${prefix}${key}_`)
        : { [`${prefix}${key}`]: inner as Cell },
    ),
  ) as Record<string, Cell>
}

export function tableAnswer(format: Exclude<Format, 'json'>, rows: readonly object[]): Response {
  const table = rows.map((row) => flatten(row))
  const body = format === 'csv' ? csv(table) : parquet(table)
  const contentType = format === 'csv' ? `${mediaTypes.csv}; charset=utf-8` : mediaTypes.parquet
  return new Response(body, { headers: { 'content-type': contentType } })
}

function csv(table: Record<string, Cell>[]): string {
  return stringify(table, { header: true, cast: { boolean: String } })
}

function parquet(table: Record<string, Cell>[]): ArrayBuffer {
  const [first = {}] = table
  return parquetWriteBuffer({
    columnData: Object.keys(first).map((name) => {
      const cells = table.map((row) => row[name] ?? null)
      const example = cells.find((cell) => cell !== null)
      if (typeof example === 'string') return { name, type: 'STRING' as const, data: cells, nullable: true }
      if (typeof example === 'boolean') return { name, type: 'BOOLEAN' as const, data: cells, nullable: true }
      if (cells.every((cell) => cell === null || Number.isInteger(cell))) {
        return {
          name,
          type: 'INT64' as const,
          data: cells.map((cell) => (cell === null ? null : BigInt(cell))),
          nullable: true,
        }
      }
      return { name, type: 'DOUBLE' as const, data: cells, nullable: true }
    }),
  })
}
