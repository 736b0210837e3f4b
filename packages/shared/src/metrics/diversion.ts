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
import { ruled, type CohortRow, type Moment } from './cohort-weeks.ts'
import { checkoutSpanMs, deferralMs, type Span } from './derivation.ts'
import type { Interval } from './intervals.ts'
import { withSales } from './newest-sales.ts'
import { parsedRows } from './parsed-rows.ts'
import { severalSpans } from './several-spans.ts'
import { newcombe } from './wilson.ts'

export interface Diversion {
  value: number | null
  low: number | null
  high: number | null
}

const rowSchema = Type.Object({
  /** The week's start, UTC milliseconds. */
  week: Type.Integer(),
  /** Abandoned; else approved or recovered. */
  isLost: Type.Boolean(),
  /** The merchants whom the customer paid within 24 h after t₀, each once. */
  paidAt: Type.Array(Type.String()),
  checkouts: Type.Integer(),
})
export type PaidElsewhere = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/**
 * The merchant's own abandoned, approved and recovered checkouts with a customer: a row for those alike.
 * @param own of the merchant alone, over the weeks. @param theirs whose payments are looked for. @param weeks without a gap.
 */
function paidElsewhereQuery(own: CheckoutsQuestion, theirs: readonly Tenant[], weeks: readonly Span[]) {
  const { span } = own
  const paid = { from: span.from - checkoutSpanMs, to: span.to + deferralMs + checkoutSpanMs }
  return sql<PaidElsewhere>`
    SELECT week, toBool(outcome = 'abandoned') AS isLost,
      arraySort(arrayDistinct(arrayMap(p -> p.2, arrayFilter(p -> p.1 > at AND p.1 <= at + ${deferralMs}, payments)))) AS paidAt,
      count() AS checkouts
    FROM (
      SELECT at, customer, outcome, roundDown(at, ${weeks.map(({ from }) => from)}) AS week
      FROM (${judgedCheckouts(own, ['asked', 'customer', 'state', 'outcome'])})
      WHERE asked AND customer != 0
        AND (state = 'approved' OR outcome IN ('abandoned', 'recoveredInWallet', 'recoveredOther'))
    ) AS mine
    LEFT JOIN (
      SELECT customer AS payer, groupArray((paidOn, merchantNo)) AS payments
      FROM (
        SELECT customer, merchantNo, arrayJoin(paidAt) AS paidOn
        FROM (${settledCheckouts({ ...own, tenants: theirs, span: paid }, ['customer', 'paidAt'])}) WHERE customer != 0
      )
      GROUP BY payer
    ) AS theirs ON payer = mine.customer
    GROUP BY week, isLost, paidAt`
}

/** Which of the peers count is not known yet: that is asked at the same time. @param weeks without a gap. */
export async function paidElsewhere(
  { own, peers, sharedTokens }: Cohort,
  weeks: readonly Span[],
  moment: Moment,
): Promise<PaidElsewhere[]> {
  const theirs = peers.filter(({ providerId }) => providerId === own.providerId)
  if (!sharedTokens || weeks.length === 0 || theirs.length === 0) return []
  const question = await withSales({ ...moment, tenants: [own], span: severalSpans(weeks).span })
  const { rows } = await paidElsewhereQuery(question, theirs, weeks).execute(moment.settled.reader.db)
  return parsedRows('diversion', rowCheck, rows)
}

/**
 * Null where the provider's tokens are not shared, and where no week counts. The provider's merchants are peers here, and must
 * meet the rule too: the share of those who went next door would else be the figure of the one shop next door.
 */
export function diversion(
  elsewhere: readonly PaidElsewhere[],
  counted: readonly { week: Interval; rows: readonly CohortRow[] }[],
): Diversion {
  const peersOfWeek = new Map(
    counted.flatMap(({ week: { from }, rows }) => {
      const { merchants, rule } = ruled(rows, 'ours')
      return rule === null ? [[from, new Set(merchants)] as const] : []
    }),
  )
  const [lost, kept] = [
    { hits: 0, n: 0 },
    { hits: 0, n: 0 },
  ]
  for (const { week, isLost, paidAt, checkouts } of elsewhere) {
    const peers = peersOfWeek.get(week)
    if (peers === undefined) continue
    const share = isLost ? lost : kept
    share.n += checkouts
    if (paidAt.some((merchantNo) => peers.has(merchantNo))) share.hits += checkouts
  }
  if (lost.n === 0 || kept.n === 0) return { value: null, low: null, high: null }
  return newcombe(lost, kept)
}
