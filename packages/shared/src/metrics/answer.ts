/** What all figures have in common: what they are asked with, and what stands at the head of each answer (contract section 7). */

import type { DateRange } from './intervals.ts'
import type { OwnCodesByProvider } from './reason-sql.ts'

/** Counted from events, a bound on what could not be seen, or an estimate from a sample. */
export type Basis = 'observed' | 'bound' | 'estimate'

export interface FigureParameters {
  /** Local days. */
  range: DateRange
  ownCodes: OwnCodesByProvider
  /** UTC milliseconds. */
  now: number
}

export interface Answer {
  currency: 'CNY'
  timeZone: string
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
  from: string
  to: string
  /** By the path of a figure. */
  basis: Record<string, Basis>
}

export interface MerchantAnswer extends Answer {
  merchantNo: string
}

export interface Volume {
  checkouts: number
  /** Σ a, fen, where nothing else is said. */
  amount: number
}
