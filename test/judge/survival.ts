// The Kaplan–Meier estimate of contract section 7, with Greenwood's log-log interval.

/** Of one terminal: after how many days it opened, or until when it is known not to have. */
export type Observation = { days: number; opened: boolean }

/** Bands are null where nothing is left that isn't open: the logarithm of 0 has none. */
export type Point = { day: number; notOpen: number; low: number | null; high: number | null }

export type Survival = {
  /** Day 0 and every day on which one opened: between them nothing changes. */
  curve: Point[]
  medianDays: number | null
  low: number | null
  high: number | null
}

const z = 1.959963984540054

export function kaplanMeier(observations: readonly Observation[]): Survival {
  const openings = observations.filter(({ opened }) => opened).map(({ days }) => days)
  const curve: Point[] = openings.includes(0) ? [] : [{ day: 0, notOpen: 1, low: 1, high: 1 }]
  let medianDays: number | null = null
  // S = Π (n − d) / n, as a fraction: a product of floats can miss 0.5 by its last bit.
  let [numerator, denominator] = [1n, 1n]
  let greenwood = 0 // Σ d ÷ (n (n − d))

  for (const day of [...new Set(openings)].toSorted((a, b) => a - b)) {
    // "censored [...] after events of the same day": who is censored on this day is still at risk.
    const n = observations.filter(({ days }) => days >= day).length
    const d = openings.filter((days) => days === day).length
    numerator *= BigInt(n - d)
    denominator *= BigInt(n)
    greenwood += d / (n * (n - d))
    const notOpen = quotient(numerator, denominator)
    curve.push({ day, notOpen, ...bands(notOpen, greenwood) })
    // "the median is the first day with `notOpen` ≤ 0.5"
    if (2n * numerator <= denominator) medianDays ??= day
  }
  return {
    curve,
    medianDays,
    // "a median's where the bands cross 0.5"
    low: curve.find(({ low }) => low !== null && low <= 0.5)?.day ?? null,
    high: curve.find(({ high }) => high !== null && high <= 0.5)?.day ?? null,
  }
}

/** Of fractions too large for a number. */
function quotient(numerator: bigint, denominator: bigint): number {
  const scale = 10n ** 18n
  return Number((numerator * scale) / denominator) / Number(scale)
}

/** S to the power of exp(±z · √greenwood ÷ |ln S|) */
function bands(notOpen: number, greenwood: number): { low: number | null; high: number | null } {
  if (notOpen === 0) return { low: null, high: null }
  const width = (z * Math.sqrt(greenwood)) / Math.abs(Math.log(notOpen))
  return { low: notOpen ** Math.exp(width), high: notOpen ** Math.exp(-width) }
}
