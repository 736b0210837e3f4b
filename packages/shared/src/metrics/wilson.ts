/** z of a two-sided 95 % interval. */
const z = 1.959963984540054

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
