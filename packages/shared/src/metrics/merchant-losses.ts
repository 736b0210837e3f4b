/**
 * Merchant losses: of each merchant of a provider, what not taking Huabei cost it, for which cause most, and whether that grew.
 *
 * Checkouts and N are those of lost sales, over the merchant's own local days. The main cause is the unsupported reason with the
 * largest N; among equals that with the largest Σ a, then by name. The trend compares N of the range's settled days (see
 * `series` of lost sales) with N of the days that lie `shiftDays` earlier; others are never compared.
 */

import { sql } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { reasons, type Reason } from '../events/reasons.ts'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { FigureParameters, Volume } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { everDeclared } from './declared-causes.ts'
import type { Span } from './derivation.ts'
import { intervalsOf, spanOf, type DateRange } from './intervals.ts'
import { mostLost, type NetLost } from './outcome-figures.ts'
import { parsedRows } from './parsed-rows.ts'

type Lost = Pick<NetLost, 'amount' | 'high'>

export interface MerchantLoss {
  merchantNo: string
  attempted: Volume
  unsupported: Volume
  netLost: Lost
  /** Null where nothing was unsupported. */
  cause: Reason | null
  /** N and its high bound. Null where nothing is compared, or nobody asked for Huabei in the days before. */
  trend: { settled: Lost; before: Lost } | null
}

export interface MerchantLosses {
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
  /** Those with an attempted checkout, or a loss before, in no order. */
  merchants: MerchantLoss[]
}

const rowSchema = Type.Object({
  merchantNo: Type.String(),
  /** Empty: approved, pending or declined for a reason outside the unsupported group. */
  cause: Type.Enum(['', ...reasons]),
  checkouts: Type.Integer(),
  amount: Type.Integer(),
  netLost: Type.Integer(),
  mostLost: Type.Integer(),
  settledLost: Type.Integer(),
  settledMost: Type.Integer(),
  lostBefore: Type.Integer(),
  mostBefore: Type.Integer(),
  askedBefore: Type.Integer(),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** @param settledUntil UTC milliseconds. @param before the span that the settled part is compared with; may be empty. */
export const merchantLossesQuery = (question: CheckoutsQuestion, range: Span, settledUntil: number, before: Span) => {
  const inRange = sql`at >= ${range.from}`
  const isSettled = sql`at >= ${range.from} AND at < ${settledUntil}`
  const isBefore = sql`at >= ${before.from} AND at < ${before.to}`
  return sql<Row>`
    SELECT merchantNo, if(unsupported, reason, '') AS cause, countIf(${inRange}) AS checkouts, sumIf(a, ${inRange}) AS amount,
      sumIf(lost, ${inRange}) AS netLost, sumIf(${mostLost}, ${inRange}) AS mostLost,
      sumIf(lost, ${isSettled}) AS settledLost, sumIf(${mostLost}, ${isSettled}) AS settledMost,
      sumIf(lost, ${isBefore}) AS lostBefore, sumIf(${mostLost}, ${isBefore}) AS mostBefore, countIf(${isBefore}) AS askedBefore
    FROM (${judgedCheckouts(question, ['asked', 'a', 'unsupported', 'reason', 'outcome', 'lost'])})
    WHERE asked
    GROUP BY merchantNo, cause`
}

/** @param merchants at least one. @param shiftDays of what the trend compares with; null: nothing is compared. */
export async function merchantLosses(
  store: EventStore,
  merchants: readonly MerchantScope[],
  { range, shiftDays, ownCodes, now, mayLag }: FigureParameters & { shiftDays: number | null },
): Promise<MerchantLosses> {
  const settled = await settledFor(store, merchants, mayLag)
  const { reader } = settled
  const declares = await everDeclared(reader, merchants)
  const found: MerchantLoss[] = []
  for (const [zone, tenants] of Map.groupBy(merchants, (merchant) => merchant.timeZone)) {
    const asked = spanOf(range, zone)
    const compared = comparedIn(range, zone, now, shiftDays)
    const span = { from: Math.min(asked.from, compared?.before.from ?? asked.from), to: asked.to }
    const question = { tenants, span, ownCodes, now, settled, declares }
    const nothing = { from: asked.from, to: asked.from }
    const { rows } = await merchantLossesQuery(
      question,
      asked,
      compared?.settledUntil ?? asked.from,
      compared?.before ?? nothing,
    ).execute(reader.db)
    const byMerchant = Map.groupBy(parsedRows('merchant losses', rowCheck, rows), ({ merchantNo }) => merchantNo)
    for (const [merchantNo, its] of byMerchant) found.push(lossOf(merchantNo, its, compared !== null))
  }
  return { asOf: new Date(settled.asOf).toISOString(), merchants: found }
}

const settlesAfterMs = 24 * 3_600_000

/** Where the settled days end, and the days before that these are compared with; null where no day is settled yet. */
function comparedIn(
  range: DateRange,
  zone: string,
  now: number,
  shiftDays: number | null,
): { settledUntil: number; before: Span } | null {
  if (shiftDays === null) return null
  const days = intervalsOf(range, zone, 'day')
  const last = days.findLast(({ to }) => to + settlesAfterMs <= now)
  if (last === undefined) return null
  const earlier = (day: string): string => Temporal.PlainDate.from(day).subtract({ days: shiftDays }).toString()
  return { settledUntil: last.to, before: spanOf({ from: earlier(range.from), to: earlier(last.start) }, zone) }
}

function lossOf(merchantNo: string, rows: readonly Row[], isCompared: boolean): MerchantLoss {
  const sum = (of: (row: Row) => number, those = rows): number => those.reduce((total, row) => total + of(row), 0)
  const unsupported = rows.filter(({ cause }) => cause !== '')
  const [main] = unsupported
    .filter(({ checkouts }) => checkouts > 0)
    .sort((a, b) => b.netLost - a.netLost || b.amount - a.amount || (a.cause < b.cause ? -1 : 1))
  return {
    merchantNo,
    attempted: { checkouts: sum(({ checkouts }) => checkouts), amount: sum(({ amount }) => amount) },
    unsupported: {
      checkouts: sum(({ checkouts }) => checkouts, unsupported),
      amount: sum(({ amount }) => amount, unsupported),
    },
    netLost: { amount: sum((row) => row.netLost), high: sum((row) => row.mostLost) },
    cause: main === undefined || main.cause === '' ? null : main.cause,
    trend:
      isCompared && sum((row) => row.askedBefore) > 0
        ? {
            settled: { amount: sum((row) => row.settledLost), high: sum((row) => row.settledMost) },
            before: { amount: sum((row) => row.lostBefore), high: sum((row) => row.mostBefore) },
          }
        : null,
  }
}
