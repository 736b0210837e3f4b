/** The change from the period before, in words. */

import { m } from '#paraglide/messages.js'
import type { Comparison } from './comparison.ts'
import { percent } from './format.ts'

/** Less than this is no change worth a word. */
const alike = 0.01

/** Null where nothing is compared, or too little. */
export function changeOf(comparison: Comparison): string | null {
  if (comparison === null || typeof comparison === 'string' || comparison.few) return null
  return changeInWords(comparison.lost, comparison.lostBefore)
}

/** @param lost N, fen; so `lostBefore`. */
export function changeInWords(lost: number, lostBefore: number): string {
  if (lostBefore === 0) return lost === 0 ? m.hero_alike() : m.hero_from_nothing()
  const change = lost / lostBefore - 1
  if (Math.abs(change) < alike) return m.hero_alike()
  return change > 0 ? m.hero_more({ percent: percent(change) }) : m.hero_less({ percent: percent(-change) })
}
