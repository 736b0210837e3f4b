// What a customer does when the till won't take Huabei. The probabilities are the defaults of the domain notes,
// section 5, "Per-event defaults": inferred there, not measured.
import type { Random, Weighted } from './random.ts'
import type { AgeBand } from './trades.ts'

export type Fallback = 'recoveredInWallet' | 'recoveredOther' | 'downsized' | 'deferred' | 'abandoned'

const ABANDONED = 0.15
const OTHERWISE: readonly Weighted<Exclude<Fallback, 'abandoned'>>[] = [
  ['recoveredInWallet', 0.5],
  ['recoveredOther', 0.27],
  ['downsized', 0.05],
  ['deferred', 0.03],
]
const IMPATIENCE: Record<AgeBand, number> = {
  'under-18': 1.4,
  '18-24': 1.4,
  '25-34': 1.3,
  '35-44': 0.9,
  '45-59': 0.6,
  '60+': 0.6,
}
const LARGE_TICKET = 50_000
const LARGE_TICKET_IMPATIENCE = 1.8
/** Three multipliers can pile up; nobody reports shops where most of the refused leave. */
const MOST = 0.6

export function abandonmentChance(ageBand: AgeBand, amount: number, shopImpatience: number): number {
  const ticket = amount > LARGE_TICKET ? LARGE_TICKET_IMPATIENCE : 1
  return Math.min(MOST, ABANDONED * IMPATIENCE[ageBand] * ticket * shopImpatience)
}

/** `scans` is false at a till that can't read a wallet: then who would have stayed in the wallet pays otherwise. */
export function fallbackOf(random: Random, abandons: number, scans: boolean): Fallback {
  if (random.chance(abandons)) return 'abandoned'
  const fallback = random.weighted(OTHERWISE)
  return fallback === 'recoveredInWallet' && !scans ? 'recoveredOther' : fallback
}
