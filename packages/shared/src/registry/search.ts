/** A provider's merchants and terminals as a person looks for them: by name, number or serial number. */

import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import type { ProviderScope } from './scope.ts'

export interface FoundMerchant {
  merchantNo: string
  name: string
  mcc: string
  region: string
  terminals: number
}

export interface FoundTerminal {
  merchantNo: string
  name: string
  terminalNo: string
  serialNo: string | null
  model: string | null
  firmware: string | null
  retiredOn: string | null
}

export interface Search {
  /** Part of what is looked for; '' finds all. */
  text: string
  offset: number
  limit: number
}

export interface Found<Row> {
  rows: Row[]
  /** That match, on whatever page. */
  total: number
}

/** In a pattern, what is typed stands for itself. */
export const pattern = (text: string): string => `%${text.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%`

export const found = <Row>(rows: readonly (Row & { total: number })[]): Found<Row> => ({
  total: rows[0]?.total ?? 0,
  rows: rows.map(({ total: _, ...row }) => row as unknown as Row),
})

export async function findMerchants(
  registry: Registry,
  { providerId }: ProviderScope,
  { text, offset, limit }: Search,
): Promise<Found<FoundMerchant>> {
  const like = pattern(text)
  const { rows } = await sql<FoundMerchant & { total: number }>`
    SELECT m."merchantNo", m.name, m.mcc, m.region, count(*) OVER ()::int AS total,
      (SELECT count(*) FROM terminals t WHERE t."merchantNo" = m."merchantNo")::int AS terminals
    FROM merchants m
    WHERE m."providerId" = ${providerId} AND (m.name ILIKE ${like} OR m."merchantNo" ILIKE ${like})
    ORDER BY m."merchantNo" OFFSET ${offset} LIMIT ${limit}`.execute(registry)
  return found(rows)
}

export async function findTerminals(
  registry: Registry,
  { providerId }: ProviderScope,
  { text, offset, limit }: Search,
): Promise<Found<FoundTerminal>> {
  const like = pattern(text)
  const { rows } = await sql<FoundTerminal & { total: number }>`
    SELECT t."merchantNo", m.name, t."terminalNo", t."serialNo", t.model, t.firmware, t."retiredOn",
      count(*) OVER ()::int AS total
    FROM terminals t JOIN merchants m ON m."merchantNo" = t."merchantNo"
    WHERE m."providerId" = ${providerId} AND (t."terminalNo" ILIKE ${like} OR t."serialNo" ILIKE ${like}
      OR t."merchantNo" ILIKE ${like} OR m.name ILIKE ${like})
    ORDER BY t."merchantNo", t."terminalNo" OFFSET ${offset} LIMIT ${limit}`.execute(registry)
  return found(rows)
}
