/**
 * The judged checkouts that every figure is made of: what `derivation.ts` read off the events, and what only the moment of
 * asking tells: the reason (own codes and declared causes count as they are now) and the outcome of those who left.
 */

import { sql, type RawBuilder } from 'kysely'
import type { Tenant } from '../registry/scope.ts'
import { settledCheckouts, terminalDays } from '../rollup/read.ts'
import type { Settled } from '../rollup/settled.ts'
import { windowMs, type Span } from './derivation.ts'
import { finalReason, isUnsupported, observedReason, type OwnCodesByProvider } from './reason-sql.ts'
import { amongTenants } from './tenants.ts'

export type CheckoutState = 'approved' | 'pending' | 'declined'

export const outcomes = [
  'recoveredInWallet',
  'recoveredOther',
  'downsized',
  'deferred',
  'abandoned',
  'open',
  'unknown',
] as const
export type Outcome = (typeof outcomes)[number]

export interface CheckoutsQuestion {
  /** Whose; at least one. */
  tenants: readonly Tenant[]
  /** Of t₀, or where nobody asked for Huabei of the earliest attempt. */
  span: Span
  ownCodes: OwnCodesByProvider
  /** UTC milliseconds; decides only between `open` and `unknown`. */
  now: number
  settled: Settled
}

/**
 * The checkouts of the span as a statement to select from. Columns, beside those of `derivedCheckouts`:
 * `reason` ('' where not declined), `unsupported`, `outcome` ('' where not unsupported), `explicit` (the till reported it as
 * abandoned), `lost` (what it adds to N, fen).
 */
export function judgedCheckouts(question: CheckoutsQuestion): RawBuilder<unknown> {
  const { tenants, span, ownCodes, now } = question
  return sql`
    WITH
      -- "Timed t0 + W or later": a sale before the span can't be, so days are read from there on.
      sales AS (
        SELECT merchantNo AS soldBy, terminalNo AS soldAt, max(newestSale) AS newestSale
        FROM (${terminalDays(question, { from: span.from, to: Infinity })})
        GROUP BY merchantNo, terminalNo
      ),
      -- "The last terminal.reported carrying one (by time, id)", one row for each moment at which a terminal declared.
      causes AS (
        SELECT merchantNo AS declaredBy, terminalNo AS declaredAt, time AS declaredFrom,
          argMax(terminal_reports.cause, (id, body)) AS cause
        FROM terminal_reports
        WHERE ${amongTenants(tenants)} AND hasCause
        GROUP BY merchantNo, terminalNo, time
      )
    SELECT *,
      multiIf(outcome = 'abandoned', toInt64(a), outcome = 'downsized', toInt64(a) - toInt64(paid), 0) AS lost
    FROM (
      SELECT *,
        ${observedReason(tenants, ownCodes)} AS observed,
        ${finalReason()} AS reason,
        ${isUnsupported()} AS unsupported,
        multiIf(
          NOT unsupported, '',
          result != 'left', result,
          newestSale >= at + ${windowMs}, 'abandoned',
          at + ${windowMs} > ${now}, 'open',
          'unknown') AS outcome,
        result = 'abandoned' AS explicit
      FROM (${settledCheckouts(question)}) AS derived
      LEFT JOIN sales ON soldBy = derived.merchantNo AND soldAt = derived.terminalNo
      ASOF LEFT JOIN causes
        ON declaredBy = derived.merchantNo AND declaredAt = derived.reasonTerminal AND declaredFrom <= derived.reasonAt
    )`
}
