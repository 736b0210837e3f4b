/** The way of every request for Huabei, in checkouts: what was answered, why not, and what the customer did then. */

import { groups, type ReasonGroup } from '@tillsight/shared/events/reasons.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'

const outcomeNodes = [
  'abandoned',
  'downsized',
  'unknown',
  'open',
  'deferred',
  'recoveredOther',
  'recoveredInWallet',
] as const
type OutcomeNode = (typeof outcomeNodes)[number]
export type FlowNode = 'attempted' | 'declined' | 'pending' | 'approved' | `group:${ReasonGroup}` | OutcomeNode

export interface FlowRow {
  from: FlowNode
  to: FlowNode
  checkouts: number
  /** Σ a, fen. */
  amount: number
}

/** Ways that nobody took are left out. What flows into a node flows out of it, or stays there. */
export function flowRows({ totals, reasons }: Pick<LostSales, 'totals' | 'reasons'>): FlowRow[] {
  const rows: FlowRow[] = [
    { from: 'attempted', to: 'declined', ...volume(totals.declined) },
    { from: 'attempted', to: 'pending', ...volume(totals.pending) },
    { from: 'attempted', to: 'approved', ...volume(totals.approved) },
  ]
  for (const group of groups) {
    const row: FlowRow = { from: 'declined', to: `group:${group}`, checkouts: 0, amount: 0 }
    for (const reason of reasons) {
      if (reason.group !== group) continue
      row.checkouts += reason.checkouts
      row.amount += reason.amount
    }
    rows.push(row)
  }
  for (const outcome of outcomeNodes) {
    rows.push({ from: 'group:unsupported', to: outcome, ...volume(totals.outcomes[outcome]) })
  }
  return rows.filter(({ checkouts }) => checkouts > 0)
}

const volume = ({ checkouts, amount }: { checkouts: number; amount: number }) => ({ checkouts, amount })
