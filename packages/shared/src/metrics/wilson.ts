/** z of a two-sided 95 % interval. */
export const z = 1.959963984540054

/**
 * Wilson's 95 % score interval for `hits` of `n`:
 * (p + z²/2n ± z·√(pq/n + z²/4n²)) / (1 + z²/n). Wilson, J. Am. Stat. Assoc. 22 (1927). `n` is at least 1.
 */
export function wilson(hits: number, n: number): { low: number; high: number } {
  const p = hits / n
  const centre = p + (z * z) / (2 * n)
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  // At the ends the two terms cancel; rounding must not leave a share below 0 or above 1.
  return {
    low: hits === 0 ? 0 : (centre - spread) / scale,
    high: hits === n ? 1 : (centre + spread) / scale,
  }
}

export interface Share {
  hits: number
  /** At least 1. */
  n: number
}

/**
 * The difference of two independent shares, with Newcombe's 95 % interval from their Wilson bounds:
 * d − √((p₁−l₁)² + (u₂−p₂)²) to d + √((u₁−p₁)² + (p₂−l₂)²). Newcombe, Stat. Med. 17 (1998), method 10.
 */
export function newcombe(one: Share, other: Share): { value: number; low: number; high: number } {
  const [p1, p2] = [one.hits / one.n, other.hits / other.n]
  const [w1, w2] = [wilson(one.hits, one.n), wilson(other.hits, other.n)]
  return {
    value: p1 - p2,
    low: p1 - p2 - Math.hypot(p1 - w1.low, w2.high - p2),
    high: p1 - p2 + Math.hypot(w1.high - p1, p2 - w2.low),
  }
}
