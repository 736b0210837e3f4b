// `breakdown`, which the contract leaves to the OpenAPI description: lost sales by one thing, of checkouts that others leave.

import { succeeded } from './checkout.ts'
import { figuresOf, type Figures } from './figures.ts'
import { localDay, wallClock } from './local-time.ts'
import type { LostSalesQuestion } from './lost-sales.ts'
import { earliest } from './order.ts'
import { W } from './outcome.ts'
import { segmentOf, type Dimension } from './segments.ts'
import { isUnsupported, judgedOf, visitsOf, type Visit } from './visits.ts'

const ownNames = ['merchant', 'terminal', 'reason', 'outcome', 'savedBy', 'hour', 'hourOfWeek'] as const
export const names = [...ownNames, 'ageBand', 'returning', 'ticketBand', 'daypart', 'weekday'] as const
export type Name = (typeof names)[number]

export type BreakdownQuestion = Omit<LostSalesQuestion, 'interval'> & {
  by: Name
  filters: Partial<Record<Name, string>>
}

/** Sorted by name. */
export function judgeBreakdown(input: BreakdownQuestion): ({ group: string } & Figures)[] {
  const { merchantNo, timeZone, from, to, by, filters } = input
  const group = (visit: Visit, name: Name) => groupOf(visit, name, merchantNo, timeZone)
  const visits = visitsOf(input).filter((visit) => {
    const day = localDay(visit.moment, timeZone)
    const left = Object.entries(filters).every(([name, value]) => group(visit, name as Name) === value)
    return visit.judged !== null && day >= from && day <= to && left
  })
  const groups = [...new Set(visits.map((visit) => group(visit, by)))].toSorted()
  return groups.map((each) => ({
    group: each,
    ...figuresOf(judgedOf(visits.filter((visit) => group(visit, by) === each))),
  }))
}

function groupOf(visit: Visit, name: Name, merchantNo: string, timeZone: string): string {
  const { checkout, judged, moment } = visit
  if (judged === null || checkout.first === null) return 'not asked'
  const { hour } = wallClock(moment, timeZone)
  const twoDigits = String(hour).padStart(2, '0')
  switch (name) {
    case 'merchant':
      return merchantNo
    case 'terminal':
      return `${merchantNo}:${checkout.first.source.split(':').at(-1)}`
    case 'reason':
      return judged.reason ?? judged.state
    case 'outcome':
      return judged.outcome?.name ?? judged.state
    case 'savedBy':
      return isUnsupported(visit) ? savingMethod(visit) : 'none'
    case 'hour':
      return twoDigits
    case 'hourOfWeek':
      return `${segmentOf(visit, 'weekday', timeZone)} ${twoDigits}`
    default:
      return segmentOf(visit, name satisfies Dimension, timeZone)
  }
}

/** The method of the earliest of the payments that p sums up. */
function savingMethod({ checkout }: Visit): string {
  const t0 = checkout.first?.time ?? 0
  const payments = succeeded(checkout)
    .filter((attempt) => !attempt.reversed)
    .map((attempt) => attempt.speaks)
    .filter(({ time }) => time >= t0 && time <= t0 + W)
  return earliest(payments)?.method ?? 'none'
}
