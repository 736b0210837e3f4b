/**
 * Upgrades that would open sales: a firmware of the same model, newer, at which Huabei is refused less often for a technical
 * reason.
 *
 * Evidence: `fewest` on either side. The shares of technical refusals among decided checkouts are compared, merchants being the
 * observations (`clustered.ts`); the difference counts where, were there none, so large a one would turn up in fewer than one page
 * in a hundred over all pairs looked at (Bonferroni). What an upgrade would open is an estimate: that share of the older one's
 * checkouts and of its technical net loss, with Newcombe's interval of the difference. It is a comparison, no trial: other
 * merchants may have the newer firmware.
 */

import { clusteredDifference, upperTail, type Tallies } from './clustered.ts'
import type { TerminalUse } from './compatibility.ts'
import { newcombe } from './wilson.ts'

export const fewest = { checkouts: 50, merchants: 5 }
const likelyByChance = 0.01

interface Side {
  firmware: string
  terminals: number
  merchants: number
  checkouts: number
  technical: number
}

interface Bounded {
  value: number
  low: number
  high: number
}

export interface Upgrade {
  model: string
  from: Side
  to: Side
  /** Of the shares of technical refusals; how much rarer they are. */
  difference: Bounded
  /** Refusals that it would spare in as many days. */
  checkouts: Bounded
  /** N, fen. */
  netLost: Bounded
  /** N of all technical refusals at the older one, fen. */
  technicalLost: number
}

interface Group extends Side {
  model: string
  technicalLost: number
  tallies: Tallies
}

/** What would spare the largest loss first; for each firmware the newer one that is surest to. */
export function firmwareUpgrades(uses: readonly TerminalUse[]): Upgrade[] {
  const groups = groupsOf(uses).filter(
    ({ checkouts, merchants }) => checkouts >= fewest.checkouts && merchants >= fewest.merchants,
  )
  const pairs = groups.flatMap((from) =>
    groups
      .filter((to) => to.model === from.model && compareVersions(to.firmware, from.firmware) > 0)
      .map((to) => ({ from, to })),
  )
  const best = new Map<Group, Upgrade>()
  for (const { from, to } of pairs) {
    const { value, variance, clusters } = clusteredDifference(to.tallies, from.tallies)
    if (value <= 0 || upperTail(value / Math.sqrt(variance), clusters - 1) * pairs.length > likelyByChance) continue
    const upgrade = upgradeOf(from, to)
    if (upgrade.difference.low > Math.max(0, best.get(from)?.difference.low ?? 0)) best.set(from, upgrade)
  }
  return [...best.values()].sort((a, b) => b.netLost.value - a.netLost.value || b.checkouts.value - a.checkouts.value)
}

function upgradeOf(from: Group, to: Group): Upgrade {
  const difference = newcombe({ hits: from.technical, n: from.checkouts }, { hits: to.technical, n: to.checkouts })
  const share = from.technical / from.checkouts
  const scaled = (by: number): Bounded => ({
    value: difference.value * by,
    low: Math.max(0, difference.low) * by,
    // No upgrade spares more than there is.
    high: Math.min(difference.high, share) * by,
  })
  return {
    model: from.model,
    from: sideOf(from),
    to: sideOf(to),
    difference,
    checkouts: scaled(from.checkouts),
    netLost: scaled(from.technicalLost / share),
    technicalLost: from.technicalLost,
  }
}

const sideOf = ({ firmware, terminals, merchants, checkouts, technical }: Group): Side => ({
  ...{ firmware, terminals, merchants, checkouts, technical },
})

function groupsOf(uses: readonly TerminalUse[]): Group[] {
  const groups = Map.groupBy(uses, ({ model, firmware }) => JSON.stringify([model, firmware]))
  return [...groups.values()].flatMap((those): Group[] => {
    const [one] = those
    // Nobody can upgrade from what they don't know.
    if (one === undefined || one.model === 'unknown' || one.firmware === 'unknown') return []
    const tallies = new Map<string, { n: number; x: number }>()
    for (const { merchantNo, checkouts, technical } of those) {
      const tally = tallies.get(merchantNo) ?? { n: 0, x: 0 }
      tallies.set(merchantNo, { n: tally.n + checkouts, x: tally.x + technical.checkouts })
    }
    return [
      {
        model: one.model,
        firmware: one.firmware,
        terminals: new Set(those.map(({ merchantNo, terminalNo }) => `${merchantNo} ${terminalNo}`)).size,
        merchants: tallies.size,
        checkouts: those.reduce((sum, { checkouts }) => sum + checkouts, 0),
        technical: those.reduce((sum, { technical }) => sum + technical.checkouts, 0),
        technicalLost: those.reduce((sum, { technicalLost }) => sum + technicalLost, 0),
        tallies,
      },
    ]
  })
}

/** By their runs of digits as numbers, and the texts between: 1.9.0 < 1.10.0. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)]
  for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
    const [x, y] = [one[i], other[i]]
    if (x === undefined) return -1
    if (y === undefined) return 1
    if (typeof x === 'number' && typeof y === 'number') {
      if (x !== y) return x - y
    } else if (String(x) !== String(y)) return String(x) < String(y) ? -1 : 1
  }
  return 0
}

const partsOf = (version: string): (string | number)[] =>
  (version.match(/\d+|[^\d.]+/g) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part))
