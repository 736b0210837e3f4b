/**
 * Contract section 5 in SQL: from the event log to one row a checkout.
 *
 * Nothing here counts events. Every step is a minimum, a maximum or a set over the contract's total order, so repeats,
 * retries, reordering and late arrival can't change a row. The steps:
 *
 *   numbered   the events of a span, each numbered within its checkout in the total order (`n`, from 1)
 *   attempts   one row an attempt: its state, the event that speaks, and the earliest request, refusal, customer it holds
 *   checkouts  one row a checkout with an attempt
 *   derived    those of the span, with what became of them, as far as their own and their customer's events tell
 *
 * A row holds evidence only: nothing that depends on the clock, on the registry, on own codes, on what terminals declared, or
 * on whether a terminal sold anything later. `checkouts.ts` adds these when a figure is read, so that rows can be kept.
 */

import { sql, type RawBuilder } from 'kysely'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** W: payments within it after t₀ belong to the request. */
export const windowMs = 15 * minute
/** A customer who pays within it after t₀ has come back; a reversal within it after a success takes it back. */
export const deferralMs = day
/** A checkout's events lie within 48 h of each other (section 4). */
export const checkoutSpanMs = 2 * day

/** UTC milliseconds: `from` inclusive, `to` exclusive. */
export interface Span {
  from: number
  to: number
}

/** ClickHouse's `Date` ends in 2149; no event is older than 1970 or as young as that. */
export const utcDay = (ms: number): string =>
  new Date(Math.max(0, Math.min(ms, Date.UTC(2149, 0)))).toISOString().slice(0, 10)

/** What became of an asked checkout, of which `left` (nothing was paid, nobody said why) is judged when it is read. */
export const results = ['recoveredInWallet', 'recoveredOther', 'downsized', 'deferred', 'abandoned', 'left'] as const

/** A condition: events that can concern a checkout of the span, its own and those of the checkout of a deferred payment. */
export const withinReach = (span: Span): RawBuilder<unknown> => {
  const from = span.from - checkoutSpanMs
  const to = span.to + deferralMs + checkoutSpanMs
  return sql`day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to)}) AND time BETWEEN ${from} AND ${to}`
}

const numbered = (which: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT merchantNo, checkoutId, kind, attempt, time, amount, method, asksHuabei, paidByHuabei, terminalNo,
    codeSystem, codeValue, channelDisabled, customer, ageBand, returning,
    row_number() OVER (PARTITION BY merchantNo, checkoutId ORDER BY time, id, terminalNo, body) AS n,
    asksHuabei AND kind = 'declined' AS refuses
  FROM checkout_events
  WHERE ${which}`

/**
 * "An attempt's state is the highest that any event gave it: pending < declined < succeeded; among events of one state the
 * earliest speaks." `kind` is numbered in that order, so the event that speaks has the largest `voice`. A minimum without a
 * row is 0, and `n` begins at 1.
 */
const attempts = (events: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT merchantNo, checkoutId, attempt,
    maxIf(toUInt8(kind), toUInt8(kind) <= 3) AS state,
    argMax(n, voice) AS spokenN,
    argMax(time, voice) AS spokenAt,
    argMax(amount, voice) AS spokenAmount,
    argMax(method, voice) AS spokenMethod,
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
    minIf(n, ageBand != '') AS ageBandN,
    argMinIf(ageBand, n, ageBand != '') AS ageBandIs,
    minIf(n, returning != '') AS returningN,
    argMinIf(returning, n, returning != '') AS returningIs,
    max(kind = 'abandoned') AS abandoned
  FROM (SELECT *, if(toUInt8(kind) <= 3, toInt64(kind) * 4294967296 - n, 0) AS voice FROM (${events}))
  GROUP BY merchantNo, checkoutId, attempt`

/** `at` is t₀, or where nobody asked for Huabei the time of the earliest attempt. */
const checkouts = (source: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT merchantNo, checkoutId,
    max(requestN) > 0 AS asked,
    if(asked, argMinIf(requestAt, requestN, requestN > 0), argMinIf(spokenAt, spokenN, state > 0)) AS at,
    argMinIf(requestAmount, requestN, requestN > 0) AS a,
    argMinIf(spokenAmount, spokenN, state > 0) AS firstAmount,
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
    argMinIf(ageBandIs, ageBandN, ageBandN > 0) AS ageBand,
    toString(argMinIf(returningIs, returningN, returningN > 0)) AS returning,
    max(abandoned) AS explicit,
    groupArrayIf((spokenAt, spokenAmount, spokenAsks, spokenMethod, spokenN), state = 3 AND NOT reversed) AS payments
  FROM (${attempts(source)})
  GROUP BY merchantNo, checkoutId
  HAVING max(state) > 0`

/**
 * Adds `nextPaidAt`, the first unreversed payment after `at`, of this checkout or of the same customer in another of the
 * merchant: every checkout and every payment of a customer in one line, read from the newest to the oldest (a payment at t₀
 * itself is not after it).
 */
const withNextPayment = (source: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT * FROM (
    SELECT *,
      minIf(momentAt, isPayment) OVER (
        PARTITION BY merchantNo, customer, if(customer = 0, checkoutId, '')
        ORDER BY momentAt DESC, isPayment
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS nextPaidAt
    FROM (
      SELECT *, arrayJoin(arrayConcat([(at, false)], arrayMap(p -> (p.1, true), payments))) AS moment,
        moment.1 AS momentAt, moment.2 AS isPayment
      FROM (${source})
    )
  )
  WHERE NOT isPayment`

/**
 * The checkouts of the span, as a statement to select from, one row each:
 * `merchantNo`, `checkout` (a hash of its id), `at` (UTC milliseconds), `asked` (for Huabei), `a` (fen, 0 where not asked), `firstAmount` (fen, of the
 * earliest attempt), `terminalNo` (of t₀), `state` ('' where not asked, else CheckoutState), `refused` (a code tells why; else
 * the wallet substituted in silence), `codeSystem`, `codeValue`, `channelDisabled`, `reasonTerminal` and `reasonAt` (where and
 * when the reason was given), `result` (one of `results`; it counts where the checkout is unsupported), `paid` (p, fen),
 * `savedBy` (the method of the first payment in p), `customer` (0: none told), `ageBand`, `returning` ('' where not told),
 * `paidAt` (times of all unreversed payments).
 * @param whose a condition on `merchantNo`.
 * @param which a condition on events that leaves out whole checkouts.
 */
export const derivedCheckouts = (
  whose: RawBuilder<unknown>,
  span: Span,
  which: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> => sql`
  SELECT merchantNo, checkout, at, asked, a, firstAmount, terminalNo, state, refused, codeSystem, codeValue, channelDisabled,
    reasonTerminal, reasonAt, paid, savedBy, customer, ageBand, returning, paidAt,
    multiIf(
      paid >= a, if(inWallet, 'recoveredInWallet', 'recoveredOther'),
      paid > 0, 'downsized',
      nextPaidAt > at AND nextPaidAt <= at + ${deferralMs}, 'deferred',
      explicit, 'abandoned',
      'left') AS result
  FROM (
    -- A name that is used twice is resolved twice, so whatever is used again is a column of a step before.
    SELECT merchantNo, sipHash64(checkoutId) AS checkout, at, asked, a, firstAmount, t0Terminal AS terminalNo, refused, codeSystem, codeValue, channelDisabled,
      customer, ageBand, returning, nextPaidAt, explicit,
      multiIf(NOT asked, '', approved, 'approved', NOT substituted AND NOT refused AND awaiting, 'pending', 'declined') AS state,
      multiIf(refused, refusedTerminal, substituted, substitutedTerminal, t0Terminal) AS reasonTerminal,
      multiIf(refused, refusedAt, substituted, substitutedAt, at) AS reasonAt,
      arraySum(within.2) AS paid,
      has(within.3, true) AS inWallet,
      arrayElement(arraySort((method, n) -> n, within.4, within.5), 1) AS savedBy,
      payments.1 AS paidAt
    FROM (
      SELECT *, arrayFilter(p -> p.1 BETWEEN at AND at + ${windowMs}, payments) AS within
      FROM (${withNextPayment(checkouts(numbered(sql`${whose} AND ${withinReach(span)} AND ${which}`)))})
      WHERE at >= ${span.from} AND at < ${span.to}
    )
  )`
