/**
 * The judged checkouts that every figure is made of: what `derivation.ts` read off the events, and what only the moment of
 * asking tells: the reason (own codes and declared causes count as they are now) and the outcome of those who left.
 */

import { sql, type RawBuilder } from 'kysely'
import type { Tenant } from '../registry/scope.ts'
import { settledCheckouts, type Kept } from '../rollup/read.ts'
import type { Settled } from '../rollup/settled.ts'
import { withCauses } from './declared-causes.ts'
import { windowMs, type Span } from './derivation.ts'
import { newestSaleIn, type Sales } from './newest-sales.ts'
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
  /** Of `withSales`; without it the statement looks for itself. */
  sales?: Sales
}

const evidence = ['state', 'refused', 'codeSystem', 'codeValue', 'channelDisabled'] as const
const causeFrom = ['reasonTerminal', 'reasonAt'] as const

/**
 * What is judged, and of what beside the evidence:
 * `observed` (the reason that the evidence gives) and `reason` (that which counts), '' where not declined; `unsupported` (Huabei
 * is not accepted); `outcome` ('' where not unsupported); `explicit` (the till reported it as abandoned); `lost` (what it adds to
 * N, fen).
 */
const judgedFrom = {
  observed: [],
  reason: [],
  unsupported: [],
  outcome: ['result', 'terminalNo'],
  explicit: ['result'],
  lost: ['result', 'terminalNo', 'a', 'paid'],
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
 * takes longer than reading a merchant's quarter, and every step and column adds to it: there are two steps, and they say no
 * more than is asked for.
 */
export function judgedCheckouts(question: CheckoutsQuestion, named: readonly CheckoutColumn[]): RawBuilder<unknown> {
  const { tenants, ownCodes } = question
  const needed = new Set<CheckoutColumn>(named.includes('lost') ? [...named, 'outcome'] : named)
  const kept = [...needed].filter((column) => !isJudged(column))
  const judged = [...needed].filter(isJudged)
  const isDeclared = needed.has('reason') && question.declares !== false
  const read = [
    ...kept,
    ...evidence,
    ...judged.flatMap((column) => judgedFrom[column]),
    ...(isDeclared ? causeFrom : []),
  ]
  const sale = newestSaleIn(question)
  const judgements: Record<Judged, RawBuilder<unknown>> = {
    observed: sql`observed`,
    reason: isDeclared ? finalReason() : sql`observed`,
    unsupported: isUnsupported(),
    outcome: outcomeOf(sale.newest, question.now),
    explicit: sql`result = 'abandoned'`,
    lost: sql`multiIf(outcome = 'abandoned', toInt64(a), outcome = 'downsized', toInt64(a) - toInt64(paid), 0)`,
  }
  const columns = [
    ...['merchantNo', 'at', ...kept].map((name) => sql.ref(name)),
    ...judged.map((column) => sql`${judgements[column]} AS ${sql.ref(column)}`),
  ]
  const observed = sql`if(state = 'declined', ${observedReason(tenants, ownCodes)}, '') AS observed`
  const observedCheckouts = settledCheckouts(question, read, [observed])
  const caused = isDeclared ? withCauses(tenants, observedCheckouts) : sql`(${observedCheckouts}) AS derived`
  return sql`SELECT ${sql.join(columns)} FROM ${needed.has('outcome') ? sale.joined(caused) : caused}`
}

const outcomeOf = (newestSale: RawBuilder<unknown>, now: number): RawBuilder<unknown> => sql`
  multiIf(
    NOT ${isUnsupported()}, '',
    result != 'left', result,
    ${newestSale} >= at + ${windowMs}, 'abandoned',
    at + ${windowMs} > ${now}, 'open',
    'unknown')`
