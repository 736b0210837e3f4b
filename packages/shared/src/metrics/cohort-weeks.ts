/** The peers of a merchant week by week, and the rule under which a week may be told (contract section 7). */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Cohort } from '../registry/scope.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import type { Span } from './derivation.ts'
import { withSales } from './newest-sales.ts'
import { parsedRows } from './parsed-rows.ts'
import { severalSpans } from './several-spans.ts'

export type Rule = 'range_too_short' | 'too_few_merchants' | 'dominant_merchant' | 'too_few_customers'

export const fewestPeers = 5
const largestShare = 0.25
const fewestCustomers = 10
const returnsWithinMs = 28 * 24 * 3_600_000

export type Moment = Pick<CheckoutsQuestion, 'ownCodes' | 'now' | 'settled'>

/** What the figures of one merchant in one week are made of. All are counts or sums, so weeks add up. */
const evidence = {
  attempted: Type.Integer(),
  approved: Type.Integer(),
  pending: Type.Integer(),
  unsupportedAmount: Type.Integer(),
  lost: Type.Integer(),
  /** Unsupported checkouts with a customer, and how many of them another checkout followed. */
  unsupportedKnown: Type.Integer(),
  unsupportedFollowed: Type.Integer(),
  otherKnown: Type.Integer(),
  otherFollowed: Type.Integer(),
}
export type Evidence = Record<keyof typeof evidence, number>

const rowSchema = Type.Object({
  /** The beginning of its stretch of time, UTC milliseconds. */
  stretch: Type.Integer(),
  merchantNo: Type.String(),
  /** Hashes of those with an attempted checkout, any ten where there are more: the rule asks for no more of all merchants together. */
  customers: Type.Array(Type.String()),
  ...evidence,
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** Peers of other providers, or the other merchants of the merchant's own. */
type Side = 'others' | 'ours'

/** What is known of a merchant in a span of time. */
export interface CohortRow extends Omit<Row, 'stretch'> {
  side: 'own' | Side
}

/** Those who would be the peers of a week, and which part of the rule they fail; null: none. */
export interface Choice {
  merchants: string[]
  rule: Rule | null
}

/**
 * A row for each merchant in each stretch that ends before `to`.
 * @param question of all of them, until the last who returns has returned.
 */
function cohortQuery(stretch: RawBuilder<number>, to: number, question: CheckoutsQuestion) {
  // Read from the newest checkout to the oldest, a window only grows. One that shrinks is gone through again for each row, and
  // those without a customer are in one.
  return sql<Row>`
    SELECT ${stretch} AS stretch, merchantNo,
      CAST(groupUniqArrayIf(${sql.lit(fewestCustomers)})(customer, asked AND customer != 0), 'Array(String)') AS customers,
      countIf(asked) AS attempted, countIf(state = 'approved') AS approved, countIf(state = 'pending') AS pending,
      sumIf(a, unsupported) AS unsupportedAmount, sum(lost) AS lost,
      countIf(unsupported AND customer != 0) AS unsupportedKnown,
      countIf(unsupported AND customer != 0 AND followed) AS unsupportedFollowed,
      countIf(NOT unsupported AND customer != 0) AS otherKnown,
      countIf(NOT unsupported AND customer != 0 AND followed) AS otherFollowed
    FROM (
      SELECT *,
        min(at) OVER (PARTITION BY merchantNo, customer ORDER BY at DESC
          RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS nextAt,
        nextAt > at AND nextAt <= at + ${returnsWithinMs} AS followed
      FROM (${judgedCheckouts(question, ['asked', 'customer', 'state', 'a', 'unsupported', 'lost'])})
    )
    WHERE at < ${to}
    GROUP BY stretch, merchantNo
    SETTINGS ${oneSort}`
}

/**
 * What is judged is judged before the window's sort: the engine would sort what it is judged from, which is twice the work. And
 * a few rows of many merchants are not merged in two threads.
 */
const oneSort = sql`query_plan_execute_functions_after_sorting = 0, split_intersecting_parts_ranges_into_layers_final = 0`

/** Of each span a row for each merchant with a checkout in it. @param spans at least one. */
export async function evidenceOf<S extends Span>(
  { own, peers }: Pick<Cohort, 'own' | 'peers'>,
  spans: readonly S[],
  moment: Moment,
): Promise<ReadonlyMap<S, CohortRow[]>> {
  const { span, stretch, rowsOf } = severalSpans(spans)
  const tenants = [own, ...peers]
  const question = await withSales({ ...moment, tenants, span: { from: span.from, to: span.to + returnsWithinMs } })
  const { rows } = await cohortQuery(stretch, span.to, question).execute(moment.settled.reader.db)
  const providerOf = new Map(tenants.map(({ merchantNo, providerId }) => [merchantNo, providerId]))
  const sideOf = (merchantNo: string): CohortRow['side'] =>
    merchantNo === own.merchantNo ? 'own' : providerOf.get(merchantNo) === own.providerId ? 'ours' : 'others'
  const found = rowsOf(parsedRows('competitiveness', rowCheck, rows))
  return new Map(
    spans.map((each, i) => {
      const byMerchant = Map.groupBy(found[i] ?? [], ({ merchantNo }) => merchantNo)
      const added = [...byMerchant].map(([merchantNo, its]) => ({
        merchantNo,
        side: sideOf(merchantNo),
        customers: its.flatMap(({ customers }) => customers),
        ...sum(its),
      }))
      return [each, added] as const
    }),
  )
}

export function sum(rows: readonly Evidence[]): Evidence {
  const names = Object.keys(evidence) as (keyof Evidence)[]
  return Object.fromEntries(
    names.map((name) => [name, rows.reduce((total, row) => total + row[name], 0)]),
  ) as unknown as Evidence
}

/** "Those of other providers where they alone meet the rule, else the other merchants of the same provider where those do." */
export function peersOf(week: readonly CohortRow[]): Choice {
  const others = ruled(week, 'others')
  if (others.rule === null) return others
  const ours = ruled(week, 'ours')
  if (ours.rule === null) return ours
  // Of the side that came nearer to being shown.
  return order.indexOf(others.rule) > order.indexOf(ours.rule) ? others : ours
}

const order: readonly Rule[] = ['too_few_merchants', 'dominant_merchant', 'too_few_customers']

/** The merchants of a side with an attempted checkout in the week, and which part of the rule they fail. */
export function ruled(week: readonly CohortRow[], side: Side): Choice {
  const those = week.filter((row) => row.side === side && row.attempted > 0)
  const attempted = those.reduce((total, row) => total + row.attempted, 0)
  const customers = new Set(those.flatMap((row) => row.customers)).size
  const rule =
    those.length < fewestPeers
      ? 'too_few_merchants'
      : those.some((row) => row.attempted > largestShare * attempted)
        ? 'dominant_merchant'
        : customers < fewestCustomers
          ? 'too_few_customers'
          : null
  return { merchants: those.map(({ merchantNo }) => merchantNo), rule }
}
