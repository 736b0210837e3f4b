/** Why the shop could not take Huabei, dearest first; and beside it, never added in, what else was declined. */

import { catalogue, type Mender, type Reason } from '@tillsight/shared/events/reasons.ts'
import type { LostSalesReason } from '@tillsight/shared/metrics/lost-sales.ts'

interface CauseRow {
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

type OtherDecline = Omit<CauseRow, 'lost' | 'share'>

export interface Causes {
  rows: CauseRow[]
  beside: OtherDecline[]
}

export function causesOf(reasons: readonly LostSalesReason[]): Causes {
  const whole = reasons.reduce((sum, { netLost }) => sum + (netLost?.amount ?? 0), 0)
  const causes: Causes = { rows: [], beside: [] }
  for (const { reason, checkouts, amount, netLost } of reasons) {
    const row = { reason, checkouts, amount, menders: catalogue[reason].menders }
    if (netLost === null) causes.beside.push(row)
    else causes.rows.push({ ...row, lost: netLost.amount, share: whole === 0 ? null : netLost.amount / whole })
  }
  causes.rows.sort((a, b) => b.lost - a.lost || b.amount - a.amount)
  causes.beside.sort((a, b) => b.checkouts - a.checkouts)
  return causes
}
