/**
 * What each terminal of a merchant last said, and what of it never arrived (contract section 3):
 * `huabei`, the state last reported for HUABEI; `lastEventAt`; `missing`, the numbers absent between the smallest and the
 * largest `sequence` of the last 30 days; `clockOffsetMs`, the smallest of received − `time` over the last 7 days.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { parsedRows } from './parsed-rows.ts'

export interface TerminalHealth {
  /** A capability state, or `unknown` before any report. */
  huabei: string
  /** RFC 3339, or null before any event. */
  lastEventAt: string | null
  missing: number | null
  clockOffsetMs: number | null
}

const day = 24 * 3_600_000
const neverHeard: TerminalHealth = { huabei: 'unknown', lastEventAt: null, missing: null, clockOffsetMs: null }

const rowSchema = Type.Object({
  terminalNo: Type.String(),
  huabei: Type.String(),
  lastEventAt: Type.Integer(),
  sequences: Type.Integer(),
  missing: Type.Integer(),
  recent: Type.Integer(),
  clockOffsetMs: Type.Integer(),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

export function terminalHealthQuery({ merchantNo }: MerchantScope, now: number) {
  return sql<Row>`
    SELECT terminalNo,
      argMaxIf(huabei, (time, id, body), huabei != '') AS huabei,
      max(time) AS lastEventAt,
      uniqExactIf(sequence, sequence >= 0 AND time > ${now - 30 * day}) AS sequences,
      maxIf(sequence, sequence >= 0 AND time > ${now - 30 * day})
        - minIf(sequence, sequence >= 0 AND time > ${now - 30 * day}) + 1 - sequences AS missing,
      countIf(time > ${now - 7 * day}) AS recent,
      minIf(receivedAt - time, time > ${now - 7 * day}) AS clockOffsetMs
    FROM (
      SELECT terminalNo, time, sequence, toInt64(receivedAt) AS receivedAt, '' AS huabei, '' AS id, '' AS body
      FROM checkout_events WHERE merchantNo = ${merchantNo}
      UNION ALL
      SELECT terminalNo, time, sequence, toInt64(receivedAt), huabei, id, body
      FROM terminal_reports WHERE merchantNo = ${merchantNo}
    )
    GROUP BY terminalNo`
}

export async function terminalHealth(
  { db }: EventStore,
  merchant: MerchantScope,
  now: number,
): Promise<{ of(terminalNo: string): TerminalHealth }> {
  const { rows } = await terminalHealthQuery(merchant, now).execute(db)
  const health = new Map(
    parsedRows('terminal health', rowCheck, rows).map((row): [string, TerminalHealth] => [
      row.terminalNo,
      {
        huabei: row.huabei === '' ? 'unknown' : row.huabei,
        lastEventAt: new Date(row.lastEventAt).toISOString(),
        missing: row.sequences === 0 ? null : row.missing,
        clockOffsetMs: row.recent === 0 ? null : row.clockOffsetMs,
      },
    ]),
  )
  return { of: (terminalNo) => health.get(terminalNo) ?? neverHeard }
}
