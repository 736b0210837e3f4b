/** How many times its share a segment is refused, beside the period before; and of which that change is more than chance. */

import type { Both, ComparedDays, NotCompared } from '#lib/comparison.ts'
import type { SegmentMix, SegmentRow } from './rows.ts'

/** `up`, `down`: the intervals of the two periods lie apart. `alike`: they overlap. `few`: too few checkouts in one of them. */
export type Change = 'up' | 'down' | 'alike' | 'few'

export interface ChangedIndex {
  /** In the days that are compared, and in those before; null where there is none. */
  index: number | null
  before: number | null
  change: Change
}

/** By segment, as JSON holds it. */
export type Changes = Partial<Record<string, ChangedIndex>>

/** What both panels show. */
export interface ComparedMix {
  mix: SegmentMix
  comparison: ComparedDays | NotCompared
  /** From the period before; null where nothing is compared. */
  changes: Changes | null
}

/** Left out are those of whom nothing was told, who are not the same in both periods, and all where one tells only of the refused. */
export function changesOf({ settled, earlier }: Both<SegmentMix>): Changes {
  if (settled.refusedOnly || earlier.refusedOnly) return {}
  const before = new Map(earlier.rows.map((row) => [row.segment, row]))
  return Object.fromEntries(
    settled.rows
      .filter(({ verdict }) => verdict !== 'untold')
      .map((row) => {
        const then = before.get(row.segment)
        return [row.segment, { index: row.index, before: then?.index ?? null, change: changeOf(row, then) }]
      }),
  )
}

function changeOf(now: SegmentRow, then: SegmentRow | undefined): Change {
  const [one, other] = [certain(now), certain(then)]
  if (one === null || other === null) return 'few'
  if (one.low > other.high) return 'up'
  return one.high < other.low ? 'down' : 'alike'
}

/** The interval of the index, where it is of enough checkouts to be told. */
function certain(row: SegmentRow | undefined): { low: number; high: number } | null {
  if (row === undefined || row.verdict === 'few' || row.low === null || row.high === null) return null
  return { low: row.low, high: row.high }
}
