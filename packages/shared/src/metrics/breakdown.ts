/**
 * Breakdown: the figures of lost sales by one thing that tells checkouts apart, over those that the filters leave. Filters
 * combine; of each, one value. Over a merchant, or over all merchants of a provider.
 *
 * `terminal` is that of t₀, `hour` and `weekday` are t₀'s on the merchant's clock, `savedBy` is the method of the first payment
 * that p holds (`none` where nothing was paid in time), segments are those of `segments.ts`.
 */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Answer, Basis, FigureParameters } from './answer.ts'
import { everDeclared } from './declared-causes.ts'
import type { CheckoutsQuestion, Condition, Grouping } from './checkouts.ts'
import type { Span } from './derivation.ts'
import { spanOf, type DateRange } from './intervals.ts'
import { withSales } from './newest-sales.ts'
import { addRow, alike, alikeQuery, noFigures, outcomeBasis, type OutcomeFigures } from './outcome-figures.ts'
import { parsedRows } from './parsed-rows.ts'
import { severalSpans } from './several-spans.ts'
import { dimensionNames, hourOf, segmentOf, type Dimension } from './segments.ts'

export const breakdownNames = [
  ...(['merchant', 'terminal', 'reason', 'outcome', 'savedBy', 'hour', 'hourOfWeek'] as const),
  ...dimensionNames,
] as const
export type BreakdownName = (typeof breakdownNames)[number]
/** By the name of a breakdown: the group that a checkout must be in. */
export type Filters = Partial<Record<BreakdownName, string>>

export interface BreakdownGroup extends OutcomeFigures {
  group: string
}

export interface Breakdown extends Answer {
  by: BreakdownName
  filters: Filters
  /** The largest net loss first. Groups without a checkout are left out. */
  groups: BreakdownGroup[]
}

function groupOf(name: BreakdownName, span: Span, timeZone: string): Grouping {
  switch (name) {
    case 'merchant':
      return { group: sql`merchantNo`, columns: [] }
    case 'terminal':
      return { group: sql`concat(merchantNo, ':', terminalNo)`, columns: ['terminalNo'] }
    case 'reason':
      return { group: sql`if(reason = '', state, reason)`, columns: ['reason', 'state'] }
    case 'outcome':
      return { group: sql`if(outcome = '', state, outcome)`, columns: ['outcome', 'state'] }
    case 'savedBy':
      return { group: sql`if(savedBy = '' OR NOT unsupported, 'none', savedBy)`, columns: ['savedBy', 'unsupported'] }
    case 'hour':
      return { group: twoDigits(hourOf(span, timeZone)), columns: [] }
    case 'hourOfWeek': {
      const weekday = segmentOf('weekday', span, timeZone)
      return { ...weekday, group: sql`concat(${weekday.group}, ' ', ${twoDigits(hourOf(span, timeZone))})` }
    }
    default:
      return segmentOf(name satisfies Dimension, span, timeZone)
  }
}

const twoDigits = (number: RawBuilder<number>) => sql<string>`leftPad(toString(${number}), 2, '0')`

/** The checkouts that all filters leave. */
export function leftBy(filters: Filters, span: Span, timeZone: string): Condition {
  const conditions = Object.entries(filters).map(([name, value]) => {
    const { group, columns } = groupOf(name as BreakdownName, span, timeZone)
    return { where: sql`toString(${group}) = ${value}`, columns }
  })
  return {
    where: sql.join([sql`true`, ...conditions.map(({ where }) => where)], sql` AND `),
    columns: conditions.flatMap(({ columns }) => columns),
  }
}

/** The bucket is a stretch, and the name of a breakdown, a colon and the group: several breakdowns cost one reading. */
function breakdownQuery(
  question: CheckoutsQuestion,
  names: readonly BreakdownName[],
  filters: Filters,
  timeZone: string,
  stretch: RawBuilder<number>,
) {
  const groupings = names.map((name) => ({ name, ...groupOf(name, question.span, timeZone) }))
  const buckets = groupings.map(({ name, group }) => sql`concat(${`${name}:`}, toString(${group}))`)
  const { where, columns } = leftBy(filters, question.span, timeZone)
  return alikeQuery(question, sql<[number, string]>`(${stretch}, arrayJoin([${sql.join(buckets)}]))`, {
    where,
    columns: [...columns, ...groupings.flatMap((grouping) => grouping.columns)],
  })
}

const rowSchema = Type.Object({ bucket: Type.Tuple([Type.Integer(), Type.String()]), ...alike })
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

type BreakdownParameters = Omit<FigureParameters, 'range'> & { filters: Filters }

/** @param merchants at least one. @param timeZone told in the answer; each merchant's days and hours are its own. */
export async function breakdown(
  store: EventStore,
  merchants: readonly MerchantScope[],
  timeZone: string,
  { by, range, ...parameters }: BreakdownParameters & { range: DateRange; by: BreakdownName },
): Promise<Breakdown> {
  const { asOf, groups } = await breakdowns(store, merchants, [range], { ...parameters, by: [by] })
  return {
    currency: 'CNY',
    timeZone,
    asOf,
    ...range,
    basis: breakdownBasis,
    by,
    filters: parameters.filters,
    groups: groups[0][by],
  }
}

/** Of several ranges, and several of them over the same checkouts, in one reading. @param ranges at least one. */
export async function breakdowns<Name extends BreakdownName, const Ranges extends readonly DateRange[]>(
  store: EventStore,
  merchants: readonly MerchantScope[],
  ranges: Ranges,
  { by, filters, ownCodes, now, mayLag }: BreakdownParameters & { by: readonly Name[] },
): Promise<{ asOf: string; groups: { [Place in keyof Ranges]: Record<Name, BreakdownGroup[]> } }> {
  const settled = await settledFor(store, merchants, mayLag)
  const { reader } = settled
  const declares = await everDeclared(reader, merchants)
  const found = ranges.map(() => new Map<string, Map<string, BreakdownGroup>>(by.map((name) => [name, new Map()])))
  for (const [zone, tenants] of Map.groupBy(merchants, (merchant) => merchant.timeZone)) {
    const { span, stretch, rowsOf } = severalSpans(ranges.map((range) => spanOf(range, zone)))
    const question = await withSales({ tenants, span, ownCodes, now, settled, declares })
    const { rows } = await breakdownQuery(question, by, filters, zone, stretch).execute(reader.db)
    const parsed = parsedRows('breakdown', rowCheck, rows).map((row) => ({ stretch: row.bucket[0], row }))
    for (const [i, its] of rowsOf(parsed).entries()) {
      for (const { row } of its) addTo(found[i], row)
    }
  }
  const groups = found.map((its) =>
    Object.fromEntries([...its].map(([name, those]) => [name, [...those.values()].sort(byLoss)])),
  )
  return {
    asOf: new Date(settled.asOf).toISOString(),
    groups: groups as { [Place in keyof Ranges]: Record<Name, BreakdownGroup[]> },
  }
}

const byLoss = (one: BreakdownGroup, other: BreakdownGroup): number =>
  other.netLost.amount - one.netLost.amount || (one.group < other.group ? -1 : 1)

function addTo(found: Map<string, Map<string, BreakdownGroup>> | undefined, row: Row): void {
  const [, bucket] = row.bucket
  const colon = bucket.indexOf(':')
  const groups = found?.get(bucket.slice(0, colon))
  const group = bucket.slice(colon + 1)
  const figures = groups?.get(group) ?? { group, ...noFigures() }
  addRow(figures, row)
  groups?.set(group, figures)
}

export const breakdownBasis: Record<string, Basis> = Object.fromEntries(
  Object.entries(outcomeBasis).map(([path, basis]) => [`groups.${path}`, basis]),
)
