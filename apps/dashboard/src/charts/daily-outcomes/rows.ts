/** What became of the money that customers wanted to pay with Huabei where it is not taken, interval by interval. */

import type { LostSalesInterval } from '@tillsight/shared/metrics/lost-sales.ts'
import type { OutcomeFigures } from '@tillsight/shared/metrics/outcome-figures.ts'

export type ShownInterval = 'hour' | 'day' | 'week'

export const fates = ['lost', 'unknown', 'open', 'deferred', 'recovered'] as const
/** What became of it. `recovered` holds what a downsized checkout still paid, `lost` what it did not. */
export type Fate = (typeof fates)[number]

export interface DailyRow {
  start: string
  /** False while a loss of the interval can still turn into a later sale. */
  settled: boolean
  /** Refused because the shop can't take Huabei. */
  checkouts: number
  /** Fen; together Σ unsupported a, exactly. */
  fates: Record<Fate, number>
  /** The same interval of the period before, and its net loss; null where it is not compared. */
  before: { start: string; lost: number } | null
}

export const fatesOf = ({ outcomes, netLost }: Pick<OutcomeFigures, 'outcomes' | 'netLost'>): Record<Fate, number> => ({
  lost: netLost.amount,
  unknown: outcomes.unknown.amount,
  open: outcomes.open.amount,
  deferred: outcomes.deferred.amount,
  recovered: outcomes.recoveredInWallet.amount + outcomes.recoveredOther.amount + outcomes.downsized.paid,
})

/** @param before the intervals of the period before, in the same order; unsettled ones are not compared. */
export const dailyRows = (
  series: readonly LostSalesInterval[],
  before: readonly LostSalesInterval[] = [],
): DailyRow[] =>
  series.map((figures, i) => {
    const { start, settled, unsupported } = figures
    const earlier = settled ? before[i] : undefined
    return {
      start,
      settled,
      checkouts: unsupported.checkouts,
      fates: fatesOf(figures),
      before: earlier === undefined ? null : { start: earlier.start, lost: earlier.netLost.amount },
    }
  })
