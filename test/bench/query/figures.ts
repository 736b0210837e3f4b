/** Which figures are asked for, and over which days: as the pages ask for them on the day after the last one. */

import { dimensionNames, type Dimension } from '@tillsight/shared/metrics/segments.ts'

export interface Days {
  /** Local dates, both inclusive. */
  from: string
  to: string
}

export type Figure = { name: string; days: Days } & (
  | { of: 'merchant'; what: 'lost sales' | 'competitiveness' }
  | { of: 'merchant'; what: 'segments'; by: Dimension }
  | { of: 'provider'; what: 'adoption' }
)

const dayMs = 86_400_000
const zoneMs = 8 * 3_600_000
export const dateOf = (ms: number): string => new Date(ms + zoneMs).toISOString().slice(0, 10)
/** UTC milliseconds of the local midnight that begins a date. */
export const startOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) - zoneMs

/** @param until local midnight after the last day with events. */
export function figuresOn(until: number): Figure[] {
  const last = (days: number): Days => ({ from: dateOf(until - (days - 1) * dayMs), to: dateOf(until) })
  const quarter = last(90)
  // Days since a Monday.
  const weekday = (Math.floor((until + zoneMs) / dayMs) + 3) % 7
  const sunday = until - (weekday + 1) * dayMs
  const twelveWeeks = { from: dateOf(sunday - 83 * dayMs), to: dateOf(sunday) }
  return [
    { of: 'merchant', what: 'lost sales', name: 'lost sales, 30 days', days: last(30) },
    { of: 'merchant', what: 'lost sales', name: 'lost sales, 90 days', days: quarter },
    ...dimensionNames.map((by): Figure => ({
      of: 'merchant',
      what: 'segments',
      by,
      name: `segments by ${by}, 90 days`,
      days: quarter,
    })),
    { of: 'merchant', what: 'competitiveness', name: 'competitiveness, 12 weeks', days: twelveWeeks },
    { of: 'provider', what: 'adoption', name: 'adoption by model, 90 days', days: quarter },
  ]
}

export function addressOf(figure: Figure, of: { merchantNo: string; providerId: string }): string {
  const days = `from=${figure.days.from}&to=${figure.days.to}`
  const merchant = `/api/v1/merchants/${of.merchantNo}`
  switch (figure.what) {
    case 'lost sales':
      return `${merchant}/lost-sales?${days}&interval=day`
    case 'segments':
      return `${merchant}/segments?${days}&by=${figure.by}`
    case 'competitiveness':
      return `${merchant}/competitiveness?${days}`
    case 'adoption':
      return `/api/v1/providers/${of.providerId}/adoption?${days}&by=model`
  }
}
