/** Who is lost, compared with who comes; and of whom that is more than chance. */

import type { Dimension, Segments } from '@tillsight/shared/metrics/segments.ts'

/** Below so many checkouts of a segment, or refused ones of all, no difference is told. */
export const fewest = 20

/** From this share of all that is reported on, the refused are nearly all: nobody knows who else comes. */
const refusedOnlyFrom = 0.9

/**
 * `more`, `less`: the whole interval of the index lies above 1, or below. `alike`: all of it lies near 1. `unclear`: 1 is in
 * it, and much else. `few`: too few checkouts to say. `untold`: nobody knows what these have in common, or who else comes.
 */
export type Verdict = 'more' | 'less' | 'alike' | 'unclear' | 'few' | 'untold'

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
  /** Hardly any other checkout was reported. */
  refusedOnly: boolean
  rows: SegmentRow[]
}

export function segmentMix({ by, segments }: Pick<Segments, 'by' | 'segments'>): SegmentMix {
  const all = segments.reduce((sum, segment) => sum + segment.all.checkouts, 0)
  const refused = segments.reduce((sum, { unsupported }) => sum + unsupported.checkouts, 0)
  const refusedOnly = refused > 0 && refused >= all * refusedOnlyFrom
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
    return { ...row, verdict: refusedOnly ? 'untold' : verdictOf(row, refused) }
  })
  return { by, refused, refusedOnly, rows }
}

function verdictOf({ segment, checkouts, low, high }: Omit<SegmentRow, 'verdict'>, refused: number): Verdict {
  if (segment === 'unknown') return 'untold'
  if (checkouts < fewest || refused < fewest || low === null || high === null) return 'few'
  if (low > 1) return 'more'
  if (high < 1) return 'less'
  return low > 3 / 4 && high < 4 / 3 ? 'alike' : 'unclear'
}

export const isSure = ({ verdict }: SegmentRow): boolean => verdict === 'more' || verdict === 'less'

/** Who is lost most, as the shop is told on all its pages; where nobody can be named, why. */
export type Conclusion =
  /** Those that are surely lost more than they come, the clearest first. */
  | { is: 'more'; rows: [SegmentRow, ...SegmentRow[]] }
  | { is: 'noSales' | 'noneRefused' | 'refusedOnly' | 'untold' | 'few' | 'alike' }

export function conclusionOf({ rows, refused, refusedOnly }: SegmentMix): Conclusion {
  if (rows.length === 0) return { is: 'noSales' }
  if (refused === 0) return { is: 'noneRefused' }
  if (refusedOnly) return { is: 'refusedOnly' }
  if (rows.every(({ verdict }) => verdict === 'untold')) return { is: 'untold' }
  if (refused < fewest) return { is: 'few' }
  const [clearest, ...others] = rows
    .filter(({ verdict }) => verdict === 'more')
    .sort((a, b) => (b.index ?? 0) - (a.index ?? 0))
  return clearest === undefined ? { is: 'alike' } : { is: 'more', rows: [clearest, ...others] }
}
