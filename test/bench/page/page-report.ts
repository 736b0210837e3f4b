/** What the pages take, as a table for people and `--json` for machines. */

import type { Times } from '../query/ask.ts'
import { goal, median, printGoals, printTable, range, short, writeJson, type Figure, type Goal } from '../report.ts'
import { profile, type Visit } from './visit.ts'

export interface MeasuredPage {
  name: string
  visits: readonly Visit[]
  /** The server's, for the page's figures: of the middle and of the largest merchant. Undefined where it has none. */
  middle: Times | undefined
  largest: Times | undefined
}

interface Results {
  pages: readonly MeasuredPage[]
  /** From the answer to a till until an open page shows it. */
  followedMs: readonly number[]
  events: number
  rounds: number
  requests: number
  json: string | undefined
}

export interface Measure {
  name: string
  unit: string
  of: (page: MeasuredPage) => number | undefined
  /** The page that is furthest from it is to keep it. */
  goal?: { sign: '<' | '<='; bound: number }
}

const kilobyte = 1000
/** "Committed events show in a merchant's own figures within 2 s" (contract section 7), on a page too. */
const shownWithinMs = 2_000
/** At this many events the figures are to keep their goal. */
const meantAt = 10_000_000

export const middleOf = ({ visits }: MeasuredPage, value: (visit: Visit) => number): number => median(visits.map(value))

/** What a page weighs, and how soon it is there. */
export const weights: readonly Measure[] = [
  {
    name: 'script before interaction',
    unit: 'KB',
    of: (page) => middleOf(page, ({ scriptBytes }) => scriptBytes / kilobyte),
    goal: { sign: '<=', bound: 80 },
  },
  {
    name: 'script with charts alive',
    unit: 'KB',
    of: (page) => middleOf(page, ({ aliveScriptBytes }) => aliveScriptBytes / kilobyte),
    goal: { sign: '<=', bound: 250 },
  },
  {
    name: 'largest paint',
    unit: 'ms',
    of: (page) => middleOf(page, ({ paintMs }) => paintMs),
    goal: { sign: '<', bound: 1_500 },
  },
  {
    name: 'layout shift',
    unit: '',
    of: (page) => middleOf(page, ({ shift }) => shift),
    goal: { sign: '<=', bound: 0 },
  },
  {
    name: 'tap to next paint',
    unit: 'ms',
    of: ({ visits }) => {
      const taps = visits.flatMap(({ tapMs }) => (tapMs === undefined ? [] : [tapMs]))
      return taps.length === 0 ? undefined : median(taps)
    },
    goal: { sign: '<', bound: 100 },
  },
]

const measures: readonly Measure[] = [
  ...weights,
  { name: 'figures, p50', unit: 'ms', of: ({ middle }) => middle?.p50 },
  { name: 'figures, p95', unit: 'ms', of: ({ middle }) => middle?.p95, goal: { sign: '<', bound: 50 } },
  { name: 'figures, largest merchant, p95', unit: 'ms', of: ({ largest }) => largest?.p95 },
]

export function reportOn({ pages, followedMs, events, rounds, requests, json }: Results): void {
  const { timesSlower, downMbps, roundTripMs } = profile
  console.log(`
On a phone ${timesSlower} times slower than this machine, at ${downMbps} Mbit/s and ${roundTripMs} ms: medians of ${rounds} visits to the largest merchant's pages.
Figures: ${requests} requests, one at a time, not throttled, of the median merchant where no other is named.
`)
  const { figures, goals } = tabled(pages, measures)
  console.log(`
From the answer to a till until the median merchant's first page, which is open, shows it: ${range(followedMs)} ms.
`)

  figures.push({ name: 'an open page shows what was posted', value: median(followedMs), unit: 'ms' })
  goals.push(goal('an open page shows what was posted, slowest', Math.max(...followedMs), '<=', shownWithinMs, 'ms'))
  printGoals(goals)
  if (events < meantAt)
    console.log(`\nThe goal of the figures is meant at ${short(meantAt)} events. Here are ${short(events)}.`)
  if (json !== undefined) writeJson(json, figures, goals)
}

/** Prints what was measured of each page, and gives it. */
export function tabled(
  pages: readonly MeasuredPage[],
  measures: readonly Measure[],
): { figures: Figure[]; goals: Goal[] } {
  const cell = (value: number | undefined): string => (value === undefined ? '' : short(value))
  printTable([
    ['', ...pages.map(({ name }) => name)],
    ...measures.map(({ name, unit, of }) => [
      unit === '' ? name : `${name}, ${unit}`,
      ...pages.map((page) => cell(of(page))),
    ]),
  ])
  const figures = measures.flatMap(({ name, unit, of }) =>
    pages.flatMap((page): Figure[] => {
      const value = of(page)
      return value === undefined ? [] : [{ name: `${page.name}, ${name}`, value, unit }]
    }),
  )
  const goals = measures.flatMap(({ name, unit, of, goal: kept }): Goal[] => {
    const values = pages.flatMap((page) => of(page) ?? [])
    if (kept === undefined || values.length === 0) return []
    return [goal(`${name}, worst page`, Math.max(...values), kept.sign, kept.bound, unit)]
  })
  return { figures, goals }
}
