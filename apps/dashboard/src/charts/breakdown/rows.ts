/** Refused checkouts by one thing that tells them apart: how many, how much, and what was lost with them. */

import type { BreakdownGroup } from '@tillsight/shared/metrics/breakdown.ts'

export interface BreakdownRow {
  group: string
  /** Refused because the shop can't take Huabei. */
  checkouts: number
  /** Σ a, fen. */
  amount: number
  /** N and its bounds, fen. */
  lost: number
  low: number
  high: number
}

/** Groups in which nobody was refused are left out. By what the bars show, the largest first. */
export const breakdownRows = (groups: readonly BreakdownGroup[], by: 'lost' | 'amount'): BreakdownRow[] =>
  groups
    .filter(({ unsupported }) => unsupported.checkouts > 0)
    .map(({ group, unsupported, netLost }) => ({
      group,
      checkouts: unsupported.checkouts,
      amount: unsupported.amount,
      lost: netLost.amount,
      low: netLost.low,
      high: netLost.high,
    }))
    .sort((one, other) => other[by] - one[by] || other.amount - one.amount)
