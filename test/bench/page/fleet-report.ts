/** What an acquirer's pages take, as a table for people and `--json` for machines. */

import { printGoals, short, writeJson } from '../report.ts'
import { middleOf, tabled, weights, type Measure, type MeasuredPage } from './page-report.ts'
import { profile } from './visit.ts'

interface Results {
  pages: readonly MeasuredPage[]
  merchants: number
  events: number
  rounds: number
  requests: number
  json: string | undefined
}

const measures: readonly Measure[] = [
  ...weights,
  { name: 'all shown', unit: 'ms', of: (page) => middleOf(page, ({ shownMs }) => shownMs) },
  { name: 'figures for the first time, p50', unit: 'ms', of: ({ middle }) => middle?.p50 },
  { name: 'figures for the first time, p95', unit: 'ms', of: ({ middle }) => middle?.p95 },
]

export function reportOnFleet({ pages, merchants, events, rounds, requests, json }: Results): void {
  const { timesSlower, downMbps, roundTripMs } = profile
  console.log(`
${merchants.toLocaleString('en-GB')} merchants with ten terminals each, and ${short(events)} events.
On a phone ${timesSlower} times slower than this machine, at ${downMbps} Mbit/s and ${roundTripMs} ms: medians of ${rounds} visits.
Figures: ${requests} requests, one at a time, not throttled, each of other days.
`)
  const { figures, goals } = tabled(pages, measures)
  console.log()
  printGoals(goals)
  if (json !== undefined) writeJson(json, figures, goals)
}
