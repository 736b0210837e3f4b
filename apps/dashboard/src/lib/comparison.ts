/** Like with like: the days of a range whose losses are settled, beside the same days of the period before. */

import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'

export interface ComparedLoss {
  /** N of the days that are compared, fen. */
  lost: number
  /** N of the days before. */
  lostBefore: number
}

export interface ComparedDays {
  /** The settled days of the range, from its first on. */
  days: DateRange
  /** As many, from the first day of the period before. */
  before: DateRange
}

/** A figure of the days that are compared, and of those before. */
export interface Both<Figure> {
  settled: Figure
  earlier: Figure
}

interface Compared extends ComparedDays, ComparedLoss {
  /** So few checkouts were lost in both that chance alone explains much. */
  few: boolean
}

/**
 * `unsettled`: no day of the range is settled yet. `tooNew`: the shop was not heard of when the period before began.
 * Null where nothing is to be compared.
 */
export type NotCompared = 'unsettled' | 'tooNew' | null

export type Comparison = Compared | NotCompared
