/** How long terminals took to open after their first refusal: a curve for all of them, and one for each large group. */

import type { CurvePoint, TimeToOpen } from '@tillsight/shared/metrics/time-to-open.ts'

export interface CurveRow extends TimeToOpen {
  /** Null: all terminals. */
  group: string | null
}

/** Fewer than so many terminals make a band too wide to read anything from. */
export const fewestForCurve = 20
const mostCurves = 8

/** All first, then the largest groups that are large enough. */
export function curveRows(all: TimeToOpen, groups: readonly (TimeToOpen & { group: string })[]): CurveRow[] {
  if (all.terminals === 0) return []
  const large = groups
    .filter(({ terminals }) => terminals >= fewestForCurve)
    .sort((a, b) => b.terminals - a.terminals || (a.group < b.group ? -1 : 1))
  // One group is the same as all.
  return [{ ...all, group: null }, ...(groups.length > 1 ? large.slice(0, mostCurves) : [])]
}

export const lastDay = (rows: readonly CurveRow[]): number =>
  rows.reduce((last, { curve }) => Math.max(last, curve.at(-1)?.day ?? 0), 1)

/** Units of a drawing: days to the right, shares not open downwards from the top. */
interface Box {
  width: number
  height: number
  days: number
}

/** Steps: a share holds until the next day on which one opened. */
export function stepPath(
  curve: readonly CurvePoint[],
  of: (point: CurvePoint) => number | null,
  { width, height, days }: Box,
): string {
  const x = (day: number) => round((day / days) * width)
  const y = (share: number) => round((1 - share) * height)
  const known = curve.flatMap((point) => {
    const share = of(point)
    return share === null ? [] : [{ day: point.day, share }]
  })
  const [first, ...rest] = known
  if (first === undefined) return ''
  return [
    `M${x(first.day)} ${y(first.share)}`,
    ...rest.map(({ day, share }) => `H${x(day)}V${y(share)}`),
    `H${x(days)}`,
  ].join('')
}

/** What lies between the two bounds, as a closed path; the day on which none is left has no band. */
export function bandPath(curve: readonly CurvePoint[], { width, height, days }: Box): string {
  const x = (day: number) => round((day / days) * width)
  const y = (share: number) => round((1 - share) * height)
  const known = curve.flatMap(({ day, low, high }) => (low === null || high === null ? [] : [{ day, low, high }]))
  if (known.length === 0) return ''
  const ends = known.map((_, i) => known[i + 1]?.day ?? curve.find(({ low }) => low === null)?.day ?? days)
  const top = known.map(({ day, high }, i) => `L${x(day)} ${y(high)}L${x(ends[i] ?? day)} ${y(high)}`)
  const bottom = known.map(({ day, low }, i) => `L${x(ends[i] ?? day)} ${y(low)}L${x(day)} ${y(low)}`).toReversed()
  return `M${[...top, ...bottom].join('').slice(1)}Z`
}

const round = (n: number): number => Math.round(n * 10) / 10
