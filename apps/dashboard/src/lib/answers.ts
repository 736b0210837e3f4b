/** Short answers that a shop owner looks for first, beside who is lost: where to, and why. Made of figures, without words. */

import { catalogue, type Mender, type Reason } from '@tillsight/shared/events/reasons.ts'
import type { LostSalesReason } from '@tillsight/shared/metrics/lost-sales.ts'
import type { OutcomeFigures } from '@tillsight/shared/metrics/outcome-figures.ts'

/** Below so many checkouts chance alone explains much. */
export const enough = 20

/** Checkouts that something was lost with. */
export const lostCheckouts = ({ outcomes }: Pick<OutcomeFigures, 'outcomes'>): number =>
  outcomes.abandoned.checkouts + outcomes.downsized.checkouts

export interface WhereAnswer {
  /** Refused checkouts whose outcome is known; the shares are of these. */
  checkouts: number
  left: number
  less: number
  later: number
  otherwise: number
  few: boolean
}

/** Null where no outcome is known. */
export function whereAnswer({
  unsupported,
  outcomes,
}: Pick<OutcomeFigures, 'unsupported' | 'outcomes'>): WhereAnswer | null {
  const checkouts = unsupported.checkouts - outcomes.unknown.checkouts - outcomes.open.checkouts
  if (checkouts === 0) return null
  const share = (n: number): number => n / checkouts
  return {
    checkouts,
    left: share(outcomes.abandoned.checkouts),
    less: share(outcomes.downsized.checkouts),
    later: share(outcomes.deferred.checkouts),
    otherwise: share(outcomes.recoveredInWallet.checkouts + outcomes.recoveredOther.checkouts),
    few: checkouts < enough,
  }
}

export interface WhyAnswer {
  reason: Reason
  /** Of the whole loss. */
  ofLoss: number
  menders: readonly Mender[]
}

/** The dearest cause. Null where nothing is lost. */
export function whyAnswer(reasons: readonly LostSalesReason[]): WhyAnswer | null {
  const lost = sum(reasons.map(({ netLost }) => netLost?.amount ?? 0))
  const dearest = reasons.toSorted((a, b) => (b.netLost?.amount ?? 0) - (a.netLost?.amount ?? 0))[0]
  if (dearest === undefined || lost === 0) return null
  return {
    reason: dearest.reason,
    ofLoss: (dearest.netLost?.amount ?? 0) / lost,
    menders: catalogue[dearest.reason].menders,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
