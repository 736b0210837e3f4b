// Contract section 7: `segments`.

import { figuresOf, wilson } from './figures.ts'
import { localDay, wallClock } from './local-time.ts'
import type { LostSalesQuestion } from './lost-sales.ts'
import { isUnsupported, judgedOf, visitsOf, type Visit } from './visits.ts'

export type Dimension = 'ageBand' | 'returning' | 'ticketBand' | 'daypart' | 'weekday'

export type SegmentsQuestion = Omit<LostSalesQuestion, 'interval'> & { by: Dimension }

type Count = { checkouts: number; amount: number }

export type Segment = {
  segment: string
  all: Count
  unsupported: Count
  netLost: { amount: number }
  index: number | null
  indexLow: number | null
  indexHigh: number | null
}

/** The body without what all answers carry. Sorted by name: the contract gives no order. */
export type Segments = { by: Dimension; segments: Segment[] }

export function judgeSegments(input: SegmentsQuestion): Segments {
  const { timeZone, from, to, by } = input
  const visits = visitsOf(input).filter((visit) => {
    // "on the local day of t₀ or else of their earliest attempt"
    const day = localDay(visit.moment, timeZone)
    return day >= from && day <= to
  })
  const unsupported = visits.filter(isUnsupported).length
  // "segments with no checkout left out"
  const names = [...new Set(visits.map((visit) => segmentOf(visit, by, timeZone)))].toSorted()
  const segments = names.map((segment): Segment => {
    const those = visits.filter((visit) => segmentOf(visit, by, timeZone) === segment)
    const figures = figuresOf(judgedOf(those))
    return {
      segment,
      all: { checkouts: those.length, amount: those.reduce((sum, visit) => sum + visit.amount, 0) },
      // "Every `amount` is Σ a"; only that of `all` is said to be the earliest attempt's.
      unsupported: figures.unsupported,
      netLost: { amount: figures.netLost.amount },
      ...indexOf(figures.unsupported.checkouts, unsupported, those.length / visits.length),
    }
  })
  return { by, segments }
}

/**
 * "the segment's share of unsupported checkouts ÷ its share of all checkouts, with an interval: the Wilson bounds
 * of the segment's share of unsupported ÷ its share of all; null when nothing was unsupported"
 */
function indexOf(own: number, unsupported: number, share: number): Pick<Segment, 'index' | 'indexLow' | 'indexHigh'> {
  if (unsupported === 0) return { index: null, indexLow: null, indexHigh: null }
  const { low, high } = wilson(own, unsupported)
  return { index: own / unsupported / share, indexLow: low / share, indexHigh: high / share }
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

export function segmentOf({ checkout, moment, amount }: Visit, by: Dimension, timeZone: string): string {
  const { date, hour } = wallClock(moment, timeZone)
  switch (by) {
    case 'ageBand':
      return checkout.ageBand ?? 'unknown'
    case 'returning':
      if (checkout.returning === null) return 'unknown'
      return checkout.returning ? 'returning' : 'new'
    case 'ticketBand':
      // In fen: 49.99 CNY is under 50, and 99.99 is in the band of 50 to 99.
      if (amount < 50_00) return 'under-50'
      if (amount < 100_00) return '50-99'
      if (amount < 300_00) return '100-299'
      return amount < 1000_00 ? '300-999' : '1000+'
    case 'daypart':
      // "`night` from 0, `morning` 6, `lunch` 11, `afternoon` 14, `dinner` 17, `evening` 21", as the clock shows it.
      if (hour < 6) return 'night'
      if (hour < 11) return 'morning'
      if (hour < 14) return 'lunch'
      if (hour < 17) return 'afternoon'
      return hour < 21 ? 'dinner' : 'evening'
    case 'weekday':
      return weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'unknown'
  }
}
