/** Why the shop could not take Huabei, dearest first; and beside it, never added in, what else was declined. */

import { catalogue, type Mender, type Reason, type ReasonGroup } from '@tillsight/shared/events/reasons.ts'
import type { LostSalesReason, LostSalesTotals } from '@tillsight/shared/metrics/lost-sales.ts'
import type { ComparedLoss } from '#lib/comparison.ts'

interface CauseRow {
  /** N of the days that are compared and of those before, fen; null where nothing is compared. */
  compared: ComparedLoss | null
  reason: Reason
  checkouts: number
  /** Σ a, fen. */
  amount: number
  /** N, fen. */
  lost: number
  /** Of the whole loss; null where nothing was lost. */
  share: number | null
  menders: readonly Mender[]
}

interface OtherDecline extends Omit<CauseRow, 'lost' | 'share' | 'compared'> {
  group: Exclude<ReasonGroup, 'unsupported' | 'unknown'>
}

export interface Causes {
  rows: CauseRow[]
  beside: OtherDecline[]
  /** Whose code nobody knows yet; `share` is of all that were declined, null where none was. */
  unmapped: { checkouts: number; amount: number; share: number | null; declined: number }
}

/** What of lost sales the causes are made of. */
interface Found {
  reasons: readonly LostSalesReason[]
  totals: Pick<LostSalesTotals, 'declined' | 'unmapped'>
}

/** @param byReason what the loss by each cause is compared with; undefined where nothing is. */
export function causesOf(
  { reasons, totals: { declined, unmapped } }: Found,
  byReason?: ReadonlyMap<Reason, ComparedLoss>,
): Causes {
  const whole = reasons.reduce((sum, { netLost }) => sum + (netLost?.amount ?? 0), 0)
  const causes: Causes = {
    rows: [],
    beside: [],
    unmapped: {
      ...unmapped,
      share: declined.checkouts === 0 ? null : unmapped.checkouts / declined.checkouts,
      declined: declined.checkouts,
    },
  }
  for (const { reason, group, checkouts, amount, netLost } of reasons) {
    const row = { reason, checkouts, amount, menders: catalogue[reason].menders }
    if (netLost !== null) {
      const compared = byReason === undefined ? null : (byReason.get(reason) ?? { lost: 0, lostBefore: 0 })
      causes.rows.push({ ...row, lost: netLost.amount, share: whole === 0 ? null : netLost.amount / whole, compared })
    } else if (group !== 'unsupported' && group !== 'unknown') causes.beside.push({ ...row, group })
  }
  causes.rows.sort((a, b) => b.lost - a.lost || b.amount - a.amount)
  causes.beside.sort((a, b) => b.checkouts - a.checkouts)
  return causes
}
