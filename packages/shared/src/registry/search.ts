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

/**
 * What is looked for: the text as it is typed, since a name may be in full width itself, and as a number would be written that was
 * pasted from elsewhere, its digits in full width and blanks around it. Either may be found.
 */
export const patterns = (text: string): string[] =>
  [...new Set([text, text.normalize('NFKC').replace(/\s+/g, ' ').trim()])].map(pattern)

/** In a pattern, what is typed stands for itself. */
const pattern = (text: string): string => `%${text.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%`

export const found = <Row>(rows: readonly (Row & { total: number })[]): Found<Row> => ({
  total: rows[0]?.total ?? 0,
  rows: rows.map(({ total: _, ...row }) => row as unknown as Row),
})

export async function findMerchants(
  registry: Registry,
  { providerId }: ProviderScope,
  { text, offset, limit }: Search,
): Promise<Found<FoundMerchant>> {
  const likes = sql`ANY(${patterns(text)}::text[])`
  const { rows } = await sql<FoundMerchant & { total: number }>`
    SELECT m."merchantNo", m.name, m.mcc, m.region, count(*) OVER ()::int AS total,
      (SELECT count(*) FROM terminals t WHERE t."merchantNo" = m."merchantNo")::int AS terminals
    FROM merchants m
    WHERE m."providerId" = ${providerId} AND (m.name ILIKE ${likes} OR m."merchantNo" ILIKE ${likes})
    ORDER BY m."merchantNo" OFFSET ${offset} LIMIT ${limit}`.execute(registry)
  return found(rows)
}

/** Which match is found by numbers alone, and a shop's name is looked at once for all of its terminals: there may be 100,000. */
export async function findTerminals(
  registry: Registry,
  { providerId }: ProviderScope,
  { text, offset, limit }: Search,
): Promise<Found<FoundTerminal>> {
  const likes = sql`ANY(${patterns(text)}::text[])`
  const its = sql`SELECT "merchantNo" FROM merchants WHERE "providerId" = ${providerId}`
  const matches =
    text === ''
      ? sql`true`
      : // A receipt has both numbers, one after the other.
        sql`(("merchantNo" || ' ' || "terminalNo") ILIKE ${likes} OR "serialNo" ILIKE ${likes}
          OR "merchantNo" IN (${its} AND name ILIKE ${likes}))`
  const { rows } = await sql<FoundTerminal & { total: number }>`
    WITH matching AS MATERIALIZED (
      SELECT "merchantNo", "terminalNo" FROM terminals WHERE "merchantNo" IN (${its}) AND ${matches})
    SELECT t."merchantNo", m.name, t."terminalNo", t."serialNo", t.model, t.firmware, t."retiredOn",
      (SELECT count(*) FROM matching)::int AS total
    FROM (SELECT * FROM matching ORDER BY "merchantNo", "terminalNo" OFFSET ${offset} LIMIT ${limit}) page
    JOIN terminals t USING ("merchantNo", "terminalNo") JOIN merchants m USING ("merchantNo")
    ORDER BY t."merchantNo", t."terminalNo"`.execute(registry)
  return found(rows)
}
