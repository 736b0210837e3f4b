/**
 * Time to open: of the terminals that had to refuse Huabei, the share not yet open so many days later, by Kaplan and Meier
 * (J. Am. Stat. Assoc. 53, 1958): S(t) = Π (1 − dᵢ ÷ nᵢ). Its 95 % band is Greenwood's, on the log-log scale:
 * S^exp(±z·√V ÷ ln S), V = Σ dᵢ ÷ (nᵢ (nᵢ − dᵢ)). Contract section 7.
 */

import { z } from './wilson.ts'

/** Whole local days from a terminal's first unsupported checkout to its first report of `open`, or to where sight of it ends. */
export interface Spell {
  days: number
  opened: boolean
}

export interface CurvePoint {
  day: number
  /** The share not open by the end of that day. */
  notOpen: number
  /** Null where none is left: the scale has no band there. */
  low: number | null
  high: number | null
}

export interface TimeToOpen {
  terminals: number
  opened: number
  /** The first day on which half of them were open; null where that did not happen. */
  medianDays: number | null
  /** Where the bands cross one half. */
  low: number | null
  high: number | null
  /** Day 0, and each day on which a terminal opened. */
  curve: CurvePoint[]
}

export function timeToOpen(spells: readonly Spell[]): TimeToOpen {
  const openings = new Map<number, number>()
  const ends = new Map<number, number>()
  for (const spell of spells) {
    ends.set(spell.days, (ends.get(spell.days) ?? 0) + 1)
    if (spell.opened) openings.set(spell.days, (openings.get(spell.days) ?? 0) + 1)
  }
  const ended = [...ends].sort(([a], [b]) => a - b)
  const days = [...new Set([0, ...openings.keys()])].sort((a, b) => a - b)
  const curve: CurvePoint[] = []
  let notOpen = 1
  let variance = 0
  let atRisk = spells.length
  let next = 0
  for (const day of days) {
    // Who is censored on a day is still there for its events.
    for (; (ended[next]?.[0] ?? Infinity) < day; next += 1) atRisk -= ended[next]?.[1] ?? 0
    const opened = openings.get(day) ?? 0
    if (opened > 0) {
      notOpen *= 1 - opened / atRisk
      variance += opened / (atRisk * (atRisk - opened))
    }
    curve.push({ day, notOpen, ...band(notOpen, variance) })
  }
  const half = (of: (point: CurvePoint) => number | null) =>
    curve.find((point) => (of(point) ?? 1) <= justHalf)?.day ?? null
  return {
    terminals: spells.length,
    opened: [...openings.values()].reduce((sum, opened) => sum + opened, 0),
    medianDays: half((point) => point.notOpen),
    low: half((point) => point.low),
    high: half((point) => point.high),
    curve: spells.length === 0 ? [] : curve,
  }
}

/** A product of fractions may miss one half by its last bit. */
const justHalf = 0.5 + 1e-12

function band(share: number, variance: number): Pick<CurvePoint, 'low' | 'high'> {
  if (share === 1) return { low: 1, high: 1 }
  if (share === 0) return { low: null, high: null }
  const spread = Math.exp((z * Math.sqrt(variance)) / -Math.log(share))
  return { low: share ** spread, high: share ** (1 / spread) }
}
