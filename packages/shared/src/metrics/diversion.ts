/**
 * Diversion: of the abandoned checkouts with a customer, the share whose customer paid at a peer within 24 h, less that share of
 * the approved or recovered ones. Only where one customer has one token at all merchants of the provider, with these as peers.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Cohort, Tenant } from '../registry/scope.ts'
import { settledCheckouts } from '../rollup/read.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { around, ruled, type CohortRow, type Moment } from './cohort-weeks.ts'
import { checkoutSpanMs, deferralMs, type Span } from './derivation.ts'
import type { Interval } from './intervals.ts'
import { withSales } from './newest-sales.ts'
import { parsedRows } from './parsed-rows.ts'
import { newcombe } from './wilson.ts'

export interface Diversion {
  value: number | null
  low: number | null
  high: number | null
}

const diversionSchema = Type.Object({
  lost: Type.Integer(),
  lostElsewhere: Type.Integer(),
  kept: Type.Integer(),
  keptElsewhere: Type.Integer(),
})
const diversionCheck = Compile(diversionSchema)

/** @param own of the merchant alone, over the weeks. @param peers by the start of a week: whose payments count for that week's checkouts. */
export function diversionQuery(
  own: CheckoutsQuestion,
  peers: ReadonlyMap<number, readonly Tenant[]>,
  weeks: readonly Span[],
) {
  const { span } = own
  const theirs = [...new Map([...peers.values()].flat().map((peer) => [peer.merchantNo, peer])).values()]
  const allowed = [...peers].flatMap(([week, those]) => those.map(({ merchantNo }) => `${week} ${merchantNo}`))
  // Of a week that is between them and does not count, the checkouts fall into none.
  const edges = [...new Set(weeks.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  const paid = { from: span.from - checkoutSpanMs, to: span.to + deferralMs + checkoutSpanMs }
  return sql<Static<typeof diversionSchema>>`
    SELECT countIf(outcome = 'abandoned') AS lost, countIf(outcome = 'abandoned' AND elsewhere) AS lostElsewhere,
      countIf(isKept) AS kept, countIf(isKept AND elsewhere) AS keptElsewhere
    FROM (
      SELECT outcome, state = 'approved' OR outcome IN ('recoveredInWallet', 'recoveredOther') AS isKept,
        arrayExists(p -> p.1 > at AND p.1 <= at + ${deferralMs}
          AND concat(toString(week), ' ', p.2) IN ${allowed}, payments) AS elsewhere
      FROM (
        SELECT *, roundDown(at, ${edges}) AS week
        FROM (${judgedCheckouts(own, ['asked', 'customer', 'state', 'outcome'])})
        WHERE asked AND customer != 0 AND week IN ${weeks.map(({ from }) => from)}
      ) AS mine
      LEFT JOIN (
        SELECT customer AS payer, groupArray((paidOn, merchantNo)) AS payments
        FROM (
          SELECT customer, merchantNo, arrayJoin(paidAt) AS paidOn
          FROM (${settledCheckouts({ ...own, tenants: theirs, span: paid }, ['customer', 'paidAt'])}) WHERE customer != 0
        )
        GROUP BY payer
      ) AS theirs ON payer = mine.customer
    )`
}

/**
 * Null where the provider's tokens are not shared, and where no week counts. The provider's merchants are peers here, and must
 * meet the rule too: the share of those who went next door would else be the figure of the one shop next door.
 */
export async function diversion(
  { own, peers, sharedTokens }: Cohort,
  counted: readonly { week: Interval }[],
  rows: readonly CohortRow[],
  moment: Moment,
): Promise<Diversion> {
  const none = { value: null, low: null, high: null }
  if (!sharedTokens) return none
  const weeks = counted.flatMap(({ week }) => {
    const { merchants, rule } = ruled(
      rows.filter((row) => row.week === week.from),
      'ours',
    )
    return rule === null ? [{ week, merchants: peers.filter(({ merchantNo }) => merchants.includes(merchantNo)) }] : []
  })
  if (weeks.length === 0) return none
  const theirs = new Map(weeks.map(({ week, merchants }) => [week.from, merchants]))
  const counting = weeks.map(({ week }) => week)
  const question = await withSales({ ...moment, tenants: [own], span: around(counting) })
  const { rows: answer } = await diversionQuery(question, theirs, counting).execute(moment.settled.reader.db)
  const [found] = parsedRows('diversion', diversionCheck, answer)
  if (found === undefined || found.lost === 0 || found.kept === 0) return none
  return newcombe({ hits: found.lostElsewhere, n: found.lost }, { hits: found.keptElsewhere, n: found.kept })
}
