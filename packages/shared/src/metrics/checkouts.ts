/**
 * The judged checkouts that every figure is made of: what `derivation.ts` read off the events, and what only the moment of
 * asking tells: the reason (own codes and declared causes count as they are now) and the outcome of those who left.
 */

import { sql, type RawBuilder } from 'kysely'
import type { Tenant } from '../registry/scope.ts'
import { settledCheckouts, terminalDays, type Kept } from '../rollup/read.ts'
import type { Settled } from '../rollup/settled.ts'
import { withCauses } from './declared-causes.ts'
import { windowMs, type Span } from './derivation.ts'
import { finalReason, isUnsupported, observedReason, type OwnCodesByProvider } from './reason-sql.ts'

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
  /** Of `everDeclared`: false spares looking for causes. */
  declares?: boolean
}

const evidence = ['state', 'refused', 'codeSystem', 'codeValue', 'channelDisabled'] as const
const causeFrom = ['reasonTerminal', 'reasonAt'] as const

/**
 * What is judged, and of what:
 * `unsupported` (Huabei is not accepted); `reason` ('' where not declined); `outcome` ('' where not unsupported); `explicit` (the
 * till reported it as abandoned); `lost` (what it adds to N, fen).
 */
const judgedFrom = {
  unsupported: evidence,
  reason: evidence,
  outcome: [...evidence, 'result', 'terminalNo'],
  explicit: ['result'],
  lost: [...evidence, 'result', 'terminalNo', 'a', 'paid'],
} as const satisfies Record<string, readonly Kept[]>
type Judged = keyof typeof judgedFrom
export type CheckoutColumn = Kept | Judged

/** Tells checkouts apart: a group for each, told from these columns, `merchantNo` and `at`. */
export interface Grouping {
  group: RawBuilder<string>
  columns: readonly CheckoutColumn[]
}

/** Which checkouts: a condition over these columns, `merchantNo` and `at`. */
export interface Condition {
  where: RawBuilder<unknown>
  columns: readonly CheckoutColumn[]
}

const isJudged = (column: CheckoutColumn): column is Judged => column in judgedFrom

/**
 * The checkouts of the span as a statement to select from, with `merchantNo`, `at` and the columns named. Planning a statement
 * takes longer than reading a merchant's quarter, so it says no more than is asked for.
 */
export function judgedCheckouts(question: CheckoutsQuestion, named: readonly CheckoutColumn[]): RawBuilder<unknown> {
  const { tenants, ownCodes } = question
  const needed = new Set(named)
  if (needed.has('lost')) needed.add('outcome')
  const read = [...needed].flatMap((column): readonly Kept[] => (isJudged(column) ? judgedFrom[column] : [column]))
  const isDeclared = needed.has('reason') && question.declares !== false
  const observed = sql`
    SELECT *, if(state = 'declined', ${observedReason(tenants, ownCodes)}, '') AS observed
    FROM (${settledCheckouts(question, [...read, ...(isDeclared ? causeFrom : [])])})`
  const judged = [
    sql`*`,
    sql`${isUnsupported()} AS unsupported`,
    ...(needed.has('reason') ? [sql`${isDeclared ? finalReason() : sql`observed`} AS reason`] : []),
    ...(needed.has('outcome') ? [sql`${outcomeOf(question.now)} AS outcome`] : []),
    ...(needed.has('explicit') ? [sql`result = 'abandoned' AS explicit`] : []),
  ]
  const sales = needed.has('outcome') ? sql`WITH (${newestSales(question)}) AS sales` : sql``
  const decided = sql`${sales} SELECT ${sql.join(judged)} FROM (${isDeclared ? withCauses(tenants, observed) : observed})`
  if (!needed.has('lost')) return decided
  return sql`
    SELECT *, multiIf(outcome = 'abandoned', toInt64(a), outcome = 'downsized', toInt64(a) - toInt64(paid), 0) AS lost
    FROM (${decided})`
}

/**
 * By terminal, two lists: who sold, and when last. "Timed t₀ + W or later": a sale before the span can't be, so days are read
 * from there on.
 */
const newestSales = (question: CheckoutsQuestion): RawBuilder<unknown> => sql`
  SELECT (groupArrayArray(arrayMap(terminal -> concat(soldBy, ' ', terminal), sold.1)), groupArrayArray(sold.2))
  FROM (
    SELECT merchantNo AS soldBy, maxMap(CAST(seenTerminal, 'Array(String)'), newestSale) AS sold
    FROM (${terminalDays(question, { from: question.span.from, to: Infinity })})
    GROUP BY merchantNo
  )`

const outcomeOf = (now: number): RawBuilder<unknown> => sql`
  multiIf(
    NOT unsupported, '',
    result != 'left', result,
    transform(concat(merchantNo, ' ', terminalNo), sales.1, sales.2, toInt64(0)) >= at + ${windowMs}, 'abandoned',
    at + ${windowMs} > ${now}, 'open',
    'unknown')`
