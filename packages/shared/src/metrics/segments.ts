/**
 * Segments: who is lost, compared with who comes.
 *
 * All = the checkouts with an attempt of any method, on the local day of t₀, or else of their earliest attempt; their amount
 * is that of the earliest attempt. Unsupported checkouts with Σ a, and N, as in lost sales.
 * Index = the segment's share of the unsupported checkouts ÷ its share of all checkouts: above 1, it loses more than it brings.
 * Its bounds: Wilson's bounds of the share of unsupported ÷ the share of all. Null where nothing was unsupported.
 * (Contract section 7. Amounts are fen.)
 */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Basis, FigureParameters, MerchantAnswer, Volume } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion, type Grouping } from './checkouts.ts'
import type { Span } from './derivation.ts'
import { localTime, spanOf, type DateRange } from './intervals.ts'
import { withSales } from './newest-sales.ts'
import { parsedRows } from './parsed-rows.ts'
import { severalSpans } from './several-spans.ts'
import { wilson } from './wilson.ts'

/** Every dimension with its segments in the order in which they are read; `unknown` comes last, where not told. */
export const dimensions = {
  ageBand: ['under-18', '18-24', '25-34', '35-44', '45-59', '60+'],
  returning: ['returning', 'new'],
  ticketBand: ['under-50', '50-99', '100-299', '300-999', '1000+'],
  daypart: ['morning', 'lunch', 'afternoon', 'dinner', 'evening', 'night'],
  weekday: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
} as const
export type Dimension = keyof typeof dimensions
export const dimensionNames = Object.keys(dimensions) as Dimension[]

export interface Segment {
  segment: string
  all: Volume
  unsupported: Volume
  netLost: { amount: number }
  index: number | null
  indexLow: number | null
  indexHigh: number | null
}

export interface Segments extends MerchantAnswer {
  by: Dimension
  segments: Segment[]
}

const rowSchema = Type.Object({
  stretch: Type.Integer(),
  bucket: Type.String(),
  checkouts: Type.Integer(),
  amount: Type.Integer(),
  unsupportedCheckouts: Type.Integer(),
  unsupportedAmount: Type.Integer(),
  lost: Type.Integer(),
})
type Row = Static<typeof rowSchema>
const counts = ['checkouts', 'amount', 'unsupportedCheckouts', 'unsupportedAmount', 'lost'] as const
const rowCheck = Compile(rowSchema)

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** An expression over `at`: the hour on the clock of the zone, 0 to 23. */
export const hourOf = (span: Span, timeZone: string): RawBuilder<number> =>
  sql`intDiv(${localTime(span, timeZone)}, ${hourMs}) % 24`

/** The segment that a checkout belongs to. */
export function segmentOf(by: Dimension, span: Span, timeZone: string): Grouping {
  switch (by) {
    case 'ageBand':
      return { group: sql`if(ageBand = '', 'unknown', ageBand)`, columns: ['ageBand'] }
    case 'returning':
      return { group: sql`if(returning = '', 'unknown', returning)`, columns: ['returning'] }
    case 'ticketBand': {
      const group = sql<string>`['under-50', '50-99', '100-299', '300-999', '1000+'][
        1 + (firstAmount >= 5000) + (firstAmount >= 10000) + (firstAmount >= 30000) + (firstAmount >= 100000)]`
      return { group, columns: ['firstAmount'] }
    }
    case 'daypart': {
      const hour = hourOf(span, timeZone)
      const group = sql<string>`['night', 'morning', 'lunch', 'afternoon', 'dinner', 'evening'][
        1 + (${hour} >= 6) + (${hour} >= 11) + (${hour} >= 14) + (${hour} >= 17) + (${hour} >= 21)]`
      return { group, columns: [] }
    }
    case 'weekday': {
      // 1 January 1970 was a Thursday.
      const group = sql<string>`['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'][1 + intDiv(${localTime(span, timeZone)}, ${dayMs}) % 7]`
      return { group, columns: [] }
    }
  }
}

/** The bucket is the dimension, a colon, and the segment: several dimensions cost one reading. */
function segmentsQuery(
  question: CheckoutsQuestion,
  by: readonly Dimension[],
  timeZone: string,
  stretch: RawBuilder<number>,
) {
  const groupings = by.map((name) => ({ name, ...segmentOf(name, question.span, timeZone) }))
  const buckets = groupings.map(({ name, group }) => sql`concat(${`${name}:`}, toString(${group}))`)
  const columns = groupings.flatMap((grouping) => grouping.columns)
  return sql<Row>`
    SELECT ${stretch} AS stretch, arrayJoin([${sql.join(buckets)}]) AS bucket,
      count() AS checkouts, sum(firstAmount) AS amount,
      countIf(unsupported) AS unsupportedCheckouts, sumIf(a, unsupported) AS unsupportedAmount, sum(lost) AS lost
    FROM (${judgedCheckouts(question, ['firstAmount', 'unsupported', 'a', 'lost', ...columns])})
    GROUP BY stretch, bucket`
}

export async function segments(
  store: EventStore,
  merchant: MerchantScope,
  { by, range, ...parameters }: FigureParameters & { by: Dimension },
): Promise<Segments> {
  const { asOf, found } = await segmentsOf(store, merchant, [range], { ...parameters, by: [by] })
  return {
    merchantNo: merchant.merchantNo,
    currency: 'CNY',
    timeZone: merchant.timeZone,
    asOf,
    ...range,
    basis: segmentsBasis,
    by,
    segments: found[0][by],
  }
}

/** Of several ranges and by several dimensions, in one reading. @param ranges at least one. */
export async function segmentsOf<Name extends Dimension, const Ranges extends readonly DateRange[]>(
  store: EventStore,
  merchant: MerchantScope,
  ranges: Ranges,
  { by, ownCodes, now, mayLag }: Omit<FigureParameters, 'range'> & { by: readonly Name[] },
): Promise<{ asOf: string; found: { [Place in keyof Ranges]: Record<Name, Segment[]> } }> {
  const { span, stretch, rowsOf } = severalSpans(ranges.map((range) => spanOf(range, merchant.timeZone)))
  const settled = await settledFor(store, [merchant], mayLag)
  const question = await withSales({ tenants: [merchant], span, ownCodes, now, settled })
  const { rows } = await segmentsQuery(question, by, merchant.timeZone, stretch).execute(settled.reader.db)
  const found = rowsOf(parsedRows('segments', rowCheck, rows)).map((its) => {
    const counted = Map.groupBy(added(its), ({ bucket }) => bucket.split(':')[0])
    return Object.fromEntries(by.map((name) => [name, inOrder(name, counted.get(name) ?? [])]))
  })
  return {
    asOf: new Date(settled.asOf).toISOString(),
    found: found as { [Place in keyof Ranges]: Record<Name, Segment[]> },
  }
}

/** One row for each bucket. */
function added(rows: readonly Row[]): Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const before = sums.get(row.bucket)
    if (before === undefined) sums.set(row.bucket, { ...row })
    else for (const name of counts) before[name] += row[name]
  }
  return [...sums.values()]
}

function inOrder(by: Dimension, rows: readonly Row[]): Segment[] {
  const all = total(rows.map((row) => row.checkouts))
  const unsupported = total(rows.map((row) => row.unsupportedCheckouts))
  const order: readonly string[] = dimensions[by]
  const place = ({ segment }: Segment) => (order.includes(segment) ? order.indexOf(segment) : order.length)
  return rows
    .map((row) => ({
      segment: row.bucket.slice(by.length + 1),
      all: { checkouts: row.checkouts, amount: row.amount },
      unsupported: { checkouts: row.unsupportedCheckouts, amount: row.unsupportedAmount },
      netLost: { amount: row.lost },
      ...indexOf(row.unsupportedCheckouts, unsupported, row.checkouts / all),
    }))
    .sort((one, other) => place(one) - place(other))
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0)

/** @param shareOfAll the segment's share of all checkouts, above 0: a segment without a checkout is left out. */
function indexOf(hits: number, unsupported: number, shareOfAll: number) {
  if (unsupported === 0) return { index: null, indexLow: null, indexHigh: null }
  const { low, high } = wilson(hits, unsupported)
  return { index: hits / unsupported / shareOfAll, indexLow: low / shareOfAll, indexHigh: high / shareOfAll }
}

export const segmentsBasis: Record<string, Basis> = {
  'segments.all.checkouts': 'observed',
  'segments.all.amount': 'observed',
  'segments.unsupported.checkouts': 'observed',
  'segments.unsupported.amount': 'observed',
  'segments.netLost.amount': 'observed',
  'segments.index': 'observed',
  'segments.indexLow': 'estimate',
  'segments.indexHigh': 'estimate',
}
