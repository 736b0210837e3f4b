/**
 * Contract section 5 in SQL: from the event log to one row a checkout that asked for Huabei.
 *
 * Nothing here counts events. Every step is a minimum, a maximum or a set over the contract's total order, so repeats,
 * retries, reordering and late arrival can't change a row. The steps:
 *
 *   numbered   the events of a span, each numbered within its checkout in the total order (`n`, from 1)
 *   attempts   one row an attempt: its state, the event that speaks, and the earliest request, refusal, customer it holds
 *   checkouts  one row a checkout, of those that asked and those that did not (a later payment of theirs may be a deferral)
 *   asked      those whose t₀ lies in the range, with what became of them
 */

import { sql, type RawBuilder } from 'kysely'
import type { MerchantScope } from '../registry/scope.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** W: payments within it after t₀ belong to the request. */
export const windowMs = 15 * minute
/** A customer who pays within it after t₀ has come back; a reversal within it after a success takes it back. */
export const deferralMs = day
/** A checkout's events lie within 48 h of each other (section 4). */
const checkoutSpanMs = 2 * day

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

/** UTC milliseconds: `from` inclusive, `to` exclusive. */
export interface Span {
  from: number
  to: number
}

/** ClickHouse's `Date` ends in 2149; no event is older than 1970 or as young as that. */
const utcDay = (ms: number): string => new Date(Math.max(0, Math.min(ms, Date.UTC(2149, 0)))).toISOString().slice(0, 10)

/** Every event that can concern a checkout of the span: its own, and a deferred payment's checkout with all of its events. */
const numbered = ({ merchantNo }: MerchantScope, span: Span): RawBuilder<unknown> => {
  const from = span.from - checkoutSpanMs
  const to = span.to + deferralMs + checkoutSpanMs
  return sql`
    SELECT checkoutId, kind, attempt, time, amount, asksHuabei, paidByHuabei, terminalNo,
      codeSystem, codeValue, channelDisabled, customer,
      row_number() OVER (PARTITION BY checkoutId ORDER BY time, id, terminalNo, body) AS n,
      asksHuabei AND kind = 'declined' AS refuses
    FROM checkout_events
    WHERE merchantNo = ${merchantNo}
      AND day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to)}) AND time BETWEEN ${from} AND ${to}`
}

/**
 * "An attempt's state is the highest that any event gave it: pending < declined < succeeded; among events of one state the
 * earliest speaks." `kind` is numbered in that order, so the event that speaks has the largest `voice`. A minimum without a
 * row is 0, and `n` begins at 1.
 */
const attempts = (events: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT checkoutId, attempt,
    maxIf(toUInt8(kind), toUInt8(kind) <= 3) AS state,
    argMax(n, voice) AS spokenN,
    argMax(time, voice) AS spokenAt,
    argMax(amount, voice) AS spokenAmount,
    argMax(terminalNo, voice) AS spokenTerminal,
    argMax(asksHuabei, voice) AS spokenAsks,
    argMax(paidByHuabei, voice) AS spokenHuabei,
    countIf(kind = 'reversed') > 0 AND minIf(time, kind = 'reversed') <= spokenAt + ${deferralMs} AS reversed,
    minIf(n, asksHuabei) AS requestN,
    argMinIf(time, n, asksHuabei) AS requestAt,
    argMinIf(amount, n, asksHuabei) AS requestAmount,
    argMinIf(terminalNo, n, asksHuabei) AS requestTerminal,
    minIf(n, refuses) AS refusalN,
    argMinIf(time, n, refuses) AS refusalAt,
    argMinIf(terminalNo, n, refuses) AS refusalTerminal,
    argMinIf(codeSystem, n, refuses) AS refusalSystem,
    argMinIf(codeValue, n, refuses) AS refusalValue,
    argMinIf(channelDisabled, n, refuses) AS refusalDisabled,
    minIf(n, customer != 0) AS customerN,
    argMinIf(customer, n, customer != 0) AS customerIs,
    max(kind = 'abandoned') AS abandoned
  FROM (SELECT *, if(toUInt8(kind) <= 3, toInt64(kind) * 4294967296 - n, 0) AS voice FROM (${events}))
  GROUP BY checkoutId, attempt`

const checkouts = (source: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT checkoutId,
    max(requestN) > 0 AS attempted,
    argMinIf(requestAt, requestN, requestN > 0) AS t0,
    argMinIf(requestAmount, requestN, requestN > 0) AS a,
    argMinIf(requestTerminal, requestN, requestN > 0) AS t0Terminal,
    max(state = 3 AND spokenHuabei) AS approved,
    max(state = 3 AND spokenAsks AND NOT spokenHuabei) AS substituted,
    argMinIf(spokenAt, spokenN, state = 3 AND spokenAsks AND NOT spokenHuabei) AS substitutedAt,
    argMinIf(spokenTerminal, spokenN, state = 3 AND spokenAsks AND NOT spokenHuabei) AS substitutedTerminal,
    max(refusalN) > 0 AS refused,
    argMinIf(refusalAt, refusalN, refusalN > 0) AS refusedAt,
    argMinIf(refusalTerminal, refusalN, refusalN > 0) AS refusedTerminal,
    argMinIf(refusalSystem, refusalN, refusalN > 0) AS codeSystem,
    argMinIf(refusalValue, refusalN, refusalN > 0) AS codeValue,
    argMinIf(refusalDisabled, refusalN, refusalN > 0) AS channelDisabled,
    max(state = 1 AND spokenAsks) AS awaiting,
    argMinIf(customerIs, customerN, customerN > 0) AS customer,
    max(abandoned) AS abandonedExplicitly,
    groupArrayIf((spokenAt, spokenAmount, spokenAsks), state = 3 AND NOT reversed) AS payments
  FROM (${attempts(source)})
  GROUP BY checkoutId`

/**
 * Adds `nextPaidAt`, the first unreversed payment after t₀, of this checkout or of the same customer in another: every t₀ and
 * every payment of a customer in one line, read from the newest to the oldest (a payment at t₀ itself is not after it).
 * Drops the checkouts that never asked.
 */
const withNextPayment = (source: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT * FROM (
    SELECT *,
      minIf(at, isPayment) OVER (
        PARTITION BY customer, if(customer = 0, checkoutId, '')
        ORDER BY at DESC, isPayment
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nextPaidAt
    FROM (
      SELECT *, arrayJoin(arrayConcat(if(attempted, [(t0, false)], []), arrayMap(p -> (p.1, true), payments))) AS moment,
        moment.1 AS at, moment.2 AS isPayment
      FROM (${source})
    )
  )
  WHERE NOT isPayment`

/**
 * The checkouts of the span that asked for Huabei, as a statement to select from. Columns:
 * `t0`, `a` (fen), `state` (CheckoutState), `refused` (a code tells why; else the wallet substituted in silence),
 * `codeSystem`, `codeValue`, `channelDisabled`, `cause` ('' where none is in force), `outcome` (Outcome, of any declined
 * checkout; it counts where the reason is of the unsupported group), `paid` (p, fen), `abandonedExplicitly`.
 * @param now UTC milliseconds; decides only between `open` and `unknown`.
 */
export function askedCheckouts(merchant: MerchantScope, span: Span, now: number): RawBuilder<unknown> {
  const asked = withNextPayment(checkouts(numbered(merchant, span)))
  return sql`
    WITH
      -- "Timed t0 + W or later": a sale before the span can't be, so the log is read from there on.
      sales AS (
        SELECT terminalNo AS soldAt, max(time) AS newestSale
        FROM checkout_events
        WHERE merchantNo = ${merchant.merchantNo} AND day >= toDate(${utcDay(span.from)})
          AND kind = 'succeeded' AND NOT paidByHuabei
        GROUP BY terminalNo
      ),
      -- "The last terminal.reported carrying one (by time, id)", one row for each moment at which a terminal declared.
      causes AS (
        SELECT terminalNo AS declaredAt, time AS declaredFrom, argMax(terminal_reports.cause, (id, body)) AS cause
        FROM terminal_reports
        WHERE merchantNo = ${merchant.merchantNo} AND hasCause
        GROUP BY terminalNo, time
      )
    SELECT t0, a, refused, codeSystem, codeValue, channelDisabled, cause, abandonedExplicitly, state, paid,
      multiIf(
        paid >= a, if(paidInWallet, 'recoveredInWallet', 'recoveredOther'),
        paid > 0, 'downsized',
        nextPaidAt > t0 AND nextPaidAt <= t0 + ${deferralMs}, 'deferred',
        abandonedExplicitly OR newestSale >= t0 + ${windowMs}, 'abandoned',
        t0 + ${windowMs} > ${now}, 'open',
        'unknown') AS outcome
    FROM (
      SELECT t0, a, t0Terminal, refused, codeSystem, codeValue, channelDisabled, abandonedExplicitly, nextPaidAt,
        multiIf(approved, 'approved', NOT substituted AND NOT refused AND awaiting, 'pending', 'declined') AS state,
        multiIf(refused, refusedTerminal, substituted, substitutedTerminal, t0Terminal) AS reasonTerminal,
        multiIf(refused, refusedAt, substituted, substitutedAt, t0) AS reasonAt,
        arrayFilter(p -> p.1 BETWEEN t0 AND t0 + ${windowMs}, payments) AS within,
        arraySum(within.2) AS paid,
        arrayExists(p -> p.3, within) AS paidInWallet
      FROM (${asked})
      WHERE t0 >= ${span.from} AND t0 < ${span.to}
    ) AS asked
    LEFT JOIN sales ON soldAt = t0Terminal
    ASOF LEFT JOIN causes ON declaredAt = reasonTerminal AND declaredFrom <= reasonAt`
}
