// Contract section 7: the arithmetic of a comparison.

import { wilson } from './figures.ts'

export type Comparison = {
  own: number | null
  peerLow: number | null
  peerMedian: number | null
  peerHigh: number | null
  percentile: number | null
}

/** "Quartiles by linear interpolation": between the two nearest ranks of n − 1 steps. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new Error('no values')
  return below + (above - below) * (position - Math.floor(position))
}

/** Unrounded. "A figure known for fewer than 5 peers is null." */
export function compare(own: number | null, peers: readonly (number | null)[]): Comparison {
  const known = peers.filter((value) => value !== null)
  if (known.length < 5) return { own, peerLow: null, peerMedian: null, peerHigh: null, percentile: null }
  return {
    own,
    peerLow: quantile(known, 0.25),
    peerMedian: quantile(known, 0.5),
    peerHigh: quantile(known, 0.75),
    percentile: own === null ? null : percentile(own, known),
  }
}

/** "share of peers below, ties half, × 100", of unrounded figures */
function percentile(own: number, peers: readonly number[]): number {
  const below = peers.filter((value) => value < own).length
  const ties = peers.filter((value) => value === own).length
  return (100 * (below + ties / 2)) / peers.length
}

/**
 * "100 · geometric mean of own ÷ peer median over those of the three that are known, each held within 0.2 to 2, from
 * unrounded medians, a median of 0 left out"
 */
export function indexOf(three: readonly Comparison[]): number | null {
  const terms = three.flatMap(({ own, peerMedian }) => {
    if (own === null || peerMedian === null || peerMedian === 0) return []
    return Math.min(2, Math.max(0.2, own / peerMedian))
  })
  if (terms.length === 0) return null
  return 100 * terms.reduce((product, term) => product * term, 1) ** (1 / terms.length)
}

export type Difference = { value: number | null; low: number | null; high: number | null }

/** The difference of x₁ of n₁ less x₂ of n₂ with Newcombe's hybrid score interval, from the Wilson bounds of both. */
export function newcombe(x1: number, n1: number, x2: number, n2: number): Difference {
  if (n1 === 0 || n2 === 0) return { value: null, low: null, high: null }
  const [p1, p2] = [x1 / n1, x2 / n2]
  const [first, second] = [wilson(x1, n1), wilson(x2, n2)]
  return {
    value: p1 - p2,
    low: p1 - p2 - Math.hypot(p1 - first.low, second.high - p2),
    high: p1 - p2 + Math.hypot(first.high - p1, p2 - second.low),
  }
}
