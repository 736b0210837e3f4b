/** How a shop stands among its peers: three terms, each beside the quartiles of the peers; and whether who leaves goes next door. */

import type { Rule } from '@tillsight/shared/metrics/cohort-weeks.ts'
import type { Compared, Competitiveness } from '@tillsight/shared/metrics/competitiveness.ts'

export type Term = 'acceptance' | 'retention' | 'returnRatio'

/** Shares of one; `returnRatio` may be above. What is null is not known, or must not be told. */
export interface TermRow extends Compared {
  term: Term
}

/** Whether the whole interval lies above 0, or below; `unclear`: 0 is in it. */
type DiversionVerdict = 'more' | 'less' | 'unclear'

export interface Standing {
  /** The weeks that were counted, run by run: from a Monday to a Sunday. */
  runs: { from: string; to: string }[]
  weeks: number
  merchants: number | null
  /** Why no peer figure is shown. */
  rule: Rule | null
  terms: TermRow[]
  /** 100: as the middle of the peers. */
  index: number | null
  diversion: { value: number; low: number; high: number; verdict: DiversionVerdict } | null
}

export function standingOf(found: Found & Pick<Competitiveness, 'diversion'>): Standing {
  const { value, low, high } = found.diversion
  return {
    ...termsOf(found),
    diversion:
      value === null || low === null || high === null
        ? null
        : { value, low, high, verdict: low > 0 ? 'more' : high < 0 ? 'less' : 'unclear' },
  }
}

type Found = Pick<Competitiveness, 'weeks' | 'peers' | 'index' | Term>
type Terms = Omit<Standing, 'diversion'>

function termsOf(found: Found): Terms {
  const terms = ['acceptance', 'retention', 'returnRatio'] as const
  return {
    runs: runsOf(found.weeks),
    weeks: found.weeks.length,
    merchants: found.peers.merchants,
    rule: found.peers.rule,
    terms: terms.map((term) => ({ term, ...found[term] })),
    index: found.index.value,
  }
}

/**
 * The same of the period before. `suppressed`: its weeks may not be shown. Null where it is not asked for, or these may not be:
 * whole weeks are no match for days.
 */
export type StandingBefore = Terms | 'suppressed' | null

export function standingBefore(standing: Standing, earlier: Found): StandingBefore {
  if (standing.rule !== null) return null
  return earlier.peers.rule === null ? termsOf(earlier) : 'suppressed'
}

/** The term that holds the shop back most: the farthest below the middle of the peers. Null where none is below. */
export function weakest({ terms }: Pick<Standing, 'terms'>): TermRow | null {
  const below = terms.flatMap((row) => {
    const { own, peerMedian } = row
    if (own === null || peerMedian === null || own >= peerMedian) return []
    return [{ row, ratio: own / peerMedian }]
  })
  return below.sort((a, b) => a.ratio - b.ratio)[0]?.row ?? null
}

/** Where the shop stands among its peers; `alike`: as the one in the middle, whose figure is rounded. Null where it is not known. */
export function placeAmong({
  own,
  peerMedian,
  percentile,
}: Pick<Compared, 'own' | 'peerMedian' | 'percentile'>): 'lowest' | 'alike' | 'between' | 'highest' | null {
  if (own === null || percentile === null) return null
  if (percentile === 0) return 'lowest'
  if (percentile === 100) return 'highest'
  return Math.round(own * 100) / 100 === peerMedian ? 'alike' : 'between'
}

const dayMs = 24 * 3_600_000
const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)

/** @param mondays in order. */
function runsOf(mondays: readonly string[]): Standing['runs'] {
  const runs: Standing['runs'] = []
  for (const monday of mondays) {
    const run = runs.at(-1)
    const to = daysAfter(monday, 6)
    if (run !== undefined && daysAfter(run.to, 1) === monday) run.to = to
    else runs.push({ from: monday, to })
  }
  return runs
}
