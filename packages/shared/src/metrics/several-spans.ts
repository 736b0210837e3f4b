/**
 * Several spans in one reading. Rows are told apart by stretches, in none of which a span begins or ends, and a span adds up
 * those that it holds: spans may lie in each other, or apart.
 */

import { sql, type RawBuilder } from 'kysely'
import type { Span } from './derivation.ts'

export interface SeveralSpans {
  /** From the first of their beginnings to the last of their ends. */
  span: Span
  /** An expression over `at`: the beginning of its stretch, UTC milliseconds. */
  stretch: RawBuilder<number>
  /** The rows of each span, in the order of the spans. */
  rowsOf: <Row extends { stretch: number }>(rows: readonly Row[]) => Row[][]
}

/** @param spans at least one. */
export function severalSpans(spans: readonly Span[]): SeveralSpans {
  const edges = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  return {
    span: { from: Math.min(...edges), to: Math.max(...edges) },
    stretch: sql`roundDown(at, ${edges})`,
    rowsOf: (rows) => spans.map(({ from, to }) => rows.filter(({ stretch }) => stretch >= from && stretch < to)),
  }
}
