/**
 * What each terminal of a merchant last said, and what of it never arrived (contract section 3): `huabei`, the state
 * last reported for HUABEI; `lastEventAt`; `missing`, the numbers absent between the smallest and the largest
 * `sequence` of the last 30 days; `clockOffsetMs`, the smallest of received − `time` over the last 7 days.
 *
 * Beside these, where the contract is silent: `received`, the events of the last 30 days (what counts as one:
 * completeness-events.ts). `lateMs`, how late the events of the last 7 days arrived: their delay less `clockOffsetMs`,
 * so 0 or more; of n of them in order, `median` is the one with ⌊n ÷ 2⌋ before it, `p95` the one with ⌊0.95 n⌋.
 * `silentSince`, which is `lastEventAt` where the terminal has been quiet for longer than its habit allows
 * (completeness-silence.ts), and null while it speaks.
 *
 * `missing` is the contract's to the letter: where a counter began again at 1, or a number was mistyped, it is huge,
 * and completeness.ts tells what happened.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { arrivedEvents, ownWord, upToNow } from './completeness-events.ts'
import { fellSilent, heardHours } from './completeness-silence.ts'
import { parsedRows } from './parsed-rows.ts'

export interface TerminalHealth {
  /** A capability state, or `unknown` before any report. */
  huabei: string
  /** RFC 3339, or null before any event. */
  lastEventAt: string | null
  received: number
  missing: number | null
  /** Null without an event in 7 days. */
  lateMs: { median: number | null; p95: number | null }
  clockOffsetMs: number | null
  /** Between the first and the last arrival of the last 30 days' events: what came in one go may be history. Null without one. */
  heardForMs: number | null
  /** RFC 3339, or null while it speaks, and before any event. */
  silentSince: string | null
}

const day = 24 * 3_600_000
const neverHeard: TerminalHealth = {
  huabei: 'unknown',
  lastEventAt: null,
  received: 0,
  missing: null,
  lateMs: { median: null, p95: null },
  clockOffsetMs: null,
  heardForMs: null,
  silentSince: null,
}

const rowSchema = Type.Object({
  terminalNo: Type.String(),
  huabei: Type.String(),
  lastEventAt: Type.Integer(),
  received: Type.Integer(),
  numbers: Type.Integer(),
  missing: Type.Integer(),
  thisWeek: Type.Integer(),
  clockOffsetMs: Type.Integer(),
  heardForMs: Type.Integer(),
  medianDelay: Type.Integer(),
  p95Delay: Type.Integer(),
  silent: Type.Boolean(),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** One row for each terminal that ever spoke. All of time is read for two columns only. */
export function terminalHealthQuery(merchant: MerchantScope, now: number) {
  const { merchantNo } = merchant
  const lastMonth = arrivedEvents(merchant, { from: now - 30 * day + 1, to: upToNow(now) })
  const thisWeek = sql`time > ${now - 7 * day}`
  return sql<Row>`
    SELECT terminalNo, huabei, lastEventAt, received, numbers, missing, thisWeek, clockOffsetMs, heardForMs,
      medianDelay, p95Delay,
      toBool(${fellSilent(sql`hours`, now)}) AS silent
    FROM (
      SELECT terminalNo, max(state) AS huabei, max(newest) AS lastEventAt
      FROM (
        SELECT terminalNo, '' AS state, max(time) AS newest
        FROM checkout_events WHERE merchantNo = ${merchantNo} GROUP BY terminalNo
        UNION ALL
        SELECT terminalNo, argMaxIf(huabei, (time, id, body), huabei != ''), max(time)
        FROM terminal_reports WHERE merchantNo = ${merchantNo} AND ${ownWord} GROUP BY terminalNo
      )
      GROUP BY terminalNo
    ) AS everHeard
    LEFT JOIN (
      SELECT terminalNo,
        count() AS received,
        uniqExactIf(sequence, sequence >= 0) AS numbers,
        maxIf(sequence, sequence >= 0) - minIf(sequence, sequence >= 0) + 1 - numbers AS missing,
        countIf(${thisWeek}) AS thisWeek,
        minIf(arrived - time, ${thisWeek}) AS clockOffsetMs,
        max(arrived) - min(arrived) AS heardForMs,
        quantileExactIf(0.5)(arrived - time, ${thisWeek}) AS medianDelay,
        quantileExactIf(0.95)(arrived - time, ${thisWeek}) AS p95Delay,
        ${heardHours} AS hours
      FROM (${lastMonth})
      GROUP BY terminalNo
    ) AS lastMonth USING (terminalNo)`
}

export async function terminalHealth(
  { db }: EventStore,
  merchant: MerchantScope,
  now: number,
): Promise<{ of(terminalNo: string): TerminalHealth }> {
  const { rows } = await terminalHealthQuery(merchant, now).execute(db)
  const health = new Map(
    parsedRows('terminal health', rowCheck, rows).map((row) => [row.terminalNo, healthOf(row)] as const),
  )
  return { of: (terminalNo) => health.get(terminalNo) ?? neverHeard }
}

function healthOf(row: Row): TerminalHealth {
  const lastEventAt = new Date(row.lastEventAt).toISOString()
  const spokeThisWeek = row.thisWeek > 0
  return {
    huabei: row.huabei === '' ? 'unknown' : row.huabei,
    lastEventAt,
    received: row.received,
    missing: row.numbers === 0 ? null : row.missing,
    lateMs: {
      median: spokeThisWeek ? row.medianDelay - row.clockOffsetMs : null,
      p95: spokeThisWeek ? row.p95Delay - row.clockOffsetMs : null,
    },
    clockOffsetMs: spokeThisWeek ? row.clockOffsetMs : null,
    heardForMs: row.received > 0 ? row.heardForMs : null,
    silentSince: row.silent ? lastEventAt : null,
  }
}
