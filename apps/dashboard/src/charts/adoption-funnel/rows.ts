/** How many terminals came how far, as of the last day. Each step is counted by itself. */

import type { Adoption } from '@tillsight/shared/metrics/adoption.ts'

const stages = ['terminals', 'capable', 'signed', 'open', 'succeeded', 'active'] as const
type Stage = (typeof stages)[number]

export interface StageRow {
  stage: Stage
  terminals: number
  /** Of all terminals; null where there is none. */
  share: number | null
}

export const funnelRows = (funnel: Adoption['funnel']): StageRow[] =>
  stages.map((stage) => ({
    stage,
    terminals: funnel[stage],
    share: funnel.terminals === 0 ? null : funnel[stage] / funnel.terminals,
  }))

/**
 * The two steps between which most terminals stand still; null where none do.
 * @param unreported those that never said what they can do: nobody knows whether they stand still.
 */
export function stuckAfter(
  rows: readonly StageRow[],
  unreported: number,
): { from: Stage; to: Stage; terminals: number } | null {
  // Succeeded and active look back; the way itself ends with open.
  const way = rows.slice(0, stages.indexOf('open') + 1)
  let worst: { from: Stage; to: Stage; terminals: number } | null = null
  for (const [i, row] of way.entries()) {
    const before = way[i - 1]
    if (before === undefined) continue
    const lost = before.terminals - row.terminals - (row.stage === 'capable' ? unreported : 0)
    if (lost > (worst?.terminals ?? 0)) worst = { from: before.stage, to: row.stage, terminals: lost }
  }
  return worst
}
