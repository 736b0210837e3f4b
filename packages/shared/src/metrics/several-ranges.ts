/**
 * Several ranges in one reading. Rows are told apart by stretches, in none of which a range begins or ends, and a range adds up
 * those that it holds: ranges may lie in each other, or apart.
 */

import { sql, type RawBuilder } from 'kysely'
import type { Span } from './derivation.ts'
import { spanOf, type DateRange } from './intervals.ts'

export interface SeveralRanges {
  /** From the first of their beginnings to the last of their ends. */
  span: Span
  /** An expression over `at`: the beginning of its stretch, UTC milliseconds. */
  stretch: RawBuilder<number>
  /** The rows of each range, in the order of the ranges. */
  rowsOf: <Row extends { stretch: number }>(rows: readonly Row[]) => Row[][]
}

/** @param ranges at least one. */
export function severalRanges(ranges: readonly DateRange[], timeZone: string): SeveralRanges {
  const spans = ranges.map((range) => spanOf(range, timeZone))
  const edges = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  return {
    span: { from: Math.min(...edges), to: Math.max(...edges) },
    stretch: sql`roundDown(at, ${edges})`,
    rowsOf: (rows) => spans.map(({ from, to }) => rows.filter(({ stretch }) => stretch >= from && stretch < to)),
  }
}
