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
  /** How far the figures may be behind the clock, milliseconds: see `freshness`. */
  mayLag: number
}

/**
 * How old a figure may be: a merchant's own 2 s, a provider's and peers' 60 s (contract section 7), less what answering takes.
 * So long, what was rolled up is enough, and nothing needs to be derived.
 */
export const freshness = { own: 1_250, many: 40_000 }

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
