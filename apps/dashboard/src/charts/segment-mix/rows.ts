/** Who is lost, compared with who comes; and of whom that is more than chance. */

import type { Dimension, Segments } from '@tillsight/shared/metrics/segments.ts'

/** Below so many checkouts of a segment, or refused ones of all, no difference is told. */
export const fewest = 20

/**
 * `more`, `less`: the whole interval of the index lies above 1, or below. `alike`: 1 is in it. `few`: too few checkouts to say.
 * `untold`: nobody knows what these have in common.
 */
export type Verdict = 'more' | 'less' | 'alike' | 'few' | 'untold'

export interface SegmentRow {
  segment: string
  checkouts: number
  /** Because the shop can't take Huabei. */
  refused: number
  /** N, fen. */
  lost: number
  /** Its share of all checkouts, and of the refused ones; null where there are none. */
  ofAll: number
  ofRefused: number | null
  index: number | null
  low: number | null
  high: number | null
  verdict: Verdict
}

export interface SegmentMix {
  by: Dimension
  /** Refused checkouts of all segments. */
  refused: number
  rows: SegmentRow[]
}

export function segmentMix({ by, segments }: Pick<Segments, 'by' | 'segments'>): SegmentMix {
  const all = segments.reduce((sum, segment) => sum + segment.all.checkouts, 0)
  const refused = segments.reduce((sum, { unsupported }) => sum + unsupported.checkouts, 0)
  const rows = segments.map((segment): SegmentRow => {
    const row = {
      segment: segment.segment,
      checkouts: segment.all.checkouts,
      refused: segment.unsupported.checkouts,
      lost: segment.netLost.amount,
      ofAll: segment.all.checkouts / all,
      ofRefused: refused === 0 ? null : segment.unsupported.checkouts / refused,
      index: segment.index,
      low: segment.indexLow,
      high: segment.indexHigh,
    }
    return { ...row, verdict: verdictOf(row, refused) }
  })
  return { by, refused, rows }
}

function verdictOf({ segment, checkouts, low, high }: Omit<SegmentRow, 'verdict'>, refused: number): Verdict {
  if (segment === 'unknown') return 'untold'
  if (checkouts < fewest || refused < fewest || low === null || high === null) return 'few'
  if (low > 1) return 'more'
  return high < 1 ? 'less' : 'alike'
}

export const isSure = ({ verdict }: SegmentRow): boolean => verdict === 'more' || verdict === 'less'

/** Those that are surely lost more than they come, the clearest first. */
export const lostMost = ({ rows }: SegmentMix): SegmentRow[] =>
  rows.filter(({ verdict }) => verdict === 'more').sort((a, b) => (b.index ?? 0) - (a.index ?? 0))
