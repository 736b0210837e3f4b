/**
 * The difference of two shares where checkouts of one merchant are alike: each merchant is one observation.
 *
 * Variance by the jackknife over merchants: (G − 1) ÷ G · Σ (d₋ᵢ − d)², d₋ᵢ being the difference without merchant i (Efron & Stein,
 * Ann. Stat. 9, 1981; as CR3 of Bell & McCaffrey, Surv. Methodol. 28, 2002). A merchant on both sides is compared with itself, and
 * one that makes most of a side counts as what it is. Never less than the variance of independent checkouts.
 */

export interface Tally {
  n: number
  x: number
}

/** By merchant. */
export type Tallies = ReadonlyMap<string, Tally>

export interface ClusteredDifference {
  value: number
  /** Standard error squared. */
  variance: number
  clusters: number
  before: Tally
  after: Tally
}

/** Both sides need an observation. */
export function clusteredDifference(before: Tallies, after: Tallies): ClusteredDifference {
  const [one, two] = [sumOf(before), sumOf(after)]
  const [p1, p2] = [one.x / one.n, two.x / two.n]
  const clusters = new Set([...before.keys(), ...after.keys()])
  let squares = 0
  for (const cluster of clusters) {
    const [rest1, rest2] = [without(one, before.get(cluster)), without(two, after.get(cluster))]
    if (rest1.n === 0 || rest2.n === 0) squares = Infinity
    else squares += (rest2.x / rest2.n - rest1.x / rest1.n - (p2 - p1)) ** 2
  }
  const g = clusters.size
  return {
    value: p2 - p1,
    variance: Math.max((squares * (g - 1)) / g, independent(one) + independent(two)),
    clusters: g,
    before: one,
    after: two,
  }
}

const without = (sum: Tally, part: Tally | undefined): Tally =>
  part === undefined ? sum : { n: sum.n - part.n, x: sum.x - part.x }

export function sumOf(tallies: Tallies): Tally {
  const sum = { n: 0, x: 0 }
  for (const { n, x } of tallies.values()) {
    sum.n += n
    sum.x += x
  }
  return sum
}

/** Agresti and Caffo's: never zero. */
function independent({ n, x }: Tally): number {
  const p = (x + 1) / (n + 2)
  return (p * (1 - p)) / (n + 2)
}

/**
 * At most this likely where there is no difference: the upper tail of Student's t, by Wallace's normal approximation (Ann. Math.
 * Stat. 30, 1959) and the bound φ(z) ÷ z on the normal tail.
 */
export function upperTail(t: number, degrees: number): number {
  if (t <= 0) return 1
  const z = ((8 * degrees + 1) / (8 * degrees + 3)) * Math.sqrt(degrees * Math.log1p((t * t) / degrees))
  return Math.min(1, Math.exp((-z * z) / 2) / (z * Math.sqrt(2 * Math.PI)))
}
