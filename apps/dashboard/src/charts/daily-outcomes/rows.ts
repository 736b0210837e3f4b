/** What became of the money that customers wanted to pay with Huabei where it is not taken, interval by interval. */

import type { LostSalesInterval } from '@tillsight/shared/metrics/lost-sales.ts'

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
}

export const dailyRows = (series: readonly LostSalesInterval[]): DailyRow[] =>
  series.map(({ start, settled, unsupported, outcomes, netLost }) => ({
    start,
    settled,
    checkouts: unsupported.checkouts,
    fates: {
      lost: netLost.amount,
      unknown: outcomes.unknown.amount,
      open: outcomes.open.amount,
      deferred: outcomes.deferred.amount,
      recovered: outcomes.recoveredInWallet.amount + outcomes.recoveredOther.amount + outcomes.downsized.paid,
    },
  }))
