/**
 * Breakdown: the figures of lost sales by one thing that tells checkouts apart, over those that the filters leave. Filters
 * combine; of each, one value. Over a merchant, or over all merchants of a provider.
 *
 * `terminal` is that of t₀, `hour` and `weekday` are t₀'s on the merchant's clock, `savedBy` is the method of the first payment
 * that p holds (`none` where nothing was paid in time), segments are those of `segments.ts`.
 */

import { sql, type RawBuilder } from 'kysely'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Answer, Basis, FigureParameters } from './answer.ts'
import { everDeclared } from './declared-causes.ts'
import type { CheckoutsQuestion, Grouping } from './checkouts.ts'
import type { Span } from './derivation.ts'
import { spanOf } from './intervals.ts'
import { addRow, alike, alikeQuery, noFigures, outcomeBasis, type OutcomeFigures } from './outcome-figures.ts'
import { parsedRows } from './parsed-rows.ts'
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

export function breakdownQuery(question: CheckoutsQuestion, by: BreakdownName, filters: Filters, timeZone: string) {
  const grouping = (name: BreakdownName) => groupOf(name, question.span, timeZone)
  const { group, columns } = grouping(by)
  const conditions = Object.entries(filters).map(([name, value]) => {
    const filter = grouping(name as BreakdownName)
    return { where: sql`toString(${filter.group}) = ${value}`, columns: filter.columns }
  })
  return alikeQuery(question, sql<string>`toString(${group})`, {
    columns: [...columns, ...conditions.flatMap((condition) => condition.columns)],
    where: sql.join([sql`true`, ...conditions.map(({ where }) => where)], sql` AND `),
  })
}

const rowCheck = Compile(Type.Object({ bucket: Type.String(), ...alike }))

/** @param merchants at least one. @param timeZone told in the answer; each merchant's days and hours are its own. */
export async function breakdown(
  store: EventStore,
  merchants: readonly MerchantScope[],
  timeZone: string,
  { range, by, filters, ownCodes, now, mayLag }: FigureParameters & { by: BreakdownName; filters: Filters },
): Promise<Breakdown> {
  const [settled, declares] = await Promise.all([settledFor(store, merchants, mayLag), everDeclared(store, merchants)])
  const groups = new Map<string, BreakdownGroup>()
  for (const [zone, tenants] of Map.groupBy(merchants, (merchant) => merchant.timeZone)) {
    const question = { tenants, span: spanOf(range, zone), ownCodes, now, settled, declares }
    const { rows } = await breakdownQuery(question, by, filters, zone).execute(store.db)
    for (const row of parsedRows('breakdown', rowCheck, rows)) {
      const figures = groups.get(row.bucket) ?? { group: row.bucket, ...noFigures() }
      addRow(figures, row)
      groups.set(row.bucket, figures)
    }
  }
  return {
    currency: 'CNY',
    timeZone,
    asOf: new Date(settled.asOf).toISOString(),
    ...range,
    basis: breakdownBasis,
    by,
    filters,
    groups: [...groups.values()].sort(
      (one, other) => other.netLost.amount - one.netLost.amount || (one.group < other.group ? -1 : 1),
    ),
  }
}

export const breakdownBasis: Record<string, Basis> = Object.fromEntries(
  Object.entries(outcomeBasis).map(([path, basis]) => [`groups.${path}`, basis]),
)
