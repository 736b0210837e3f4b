/** How many terminals came how far, as of the last day. Each step is counted by itself. */

import type { Reason } from '@tillsight/shared/events/reasons.ts'
import type { Adoption } from '@tillsight/shared/metrics/adoption.ts'
import type { FleetState, StateCounts } from '#charts/fleet-states/rows.ts'

const stages = ['terminals', 'capable', 'signed', 'open', 'succeeded', 'active'] as const
type Stage = (typeof stages)[number]

export interface StageRow {
  stage: Stage
  terminals: number
  /** Of all terminals; null where there is none. */
  share: number | null
  /** Who came as far as to the step before, by what they say of themselves; those with none are left out. */
  held: { state: FleetState; terminals: number }[]
  /** What they mostly refuse for, as far as that is a matter of this step: two at most. */
  causes: Reason[]
}

interface Step {
  states: readonly FleetState[]
  causes: readonly Reason[]
}

/** Each step of the way to open: the states before it, and the reasons to be refused that lie there. */
const way: Partial<Record<Stage, Step>> = {
  capable: { states: ['notCapable', 'unknown'], causes: ['TECH_NO_SUPPORT', 'LEGACY_INCOMPATIBLE'] },
  signed: {
    states: ['capableNotSigned'],
    causes: ['NO_AGREEMENT', 'POLICY_LICENCE', 'MARGIN_FEE', 'COST_BENEFIT', 'RISK_APPETITE', 'CUSTOMER_MIX'],
  },
  open: { states: ['signedNotOpen', 'suspended'], causes: ['CHANNEL_COMPETITION'] },
}
const mostCauses = 2

/** @param states of all terminals on the day of the funnel. */
export const funnelRows = (funnel: Adoption['funnel'], states: StateCounts, reasons: Adoption['reasons']): StageRow[] =>
  stages.map((stage) => {
    const step = way[stage]
    const held = (step?.states ?? [])
      .map((state) => ({ state, terminals: states[state] }))
      .filter(({ terminals }) => terminals > 0)
    return {
      stage,
      terminals: funnel[stage],
      share: funnel.terminals === 0 ? null : funnel[stage] / funnel.terminals,
      held,
      // Nobody knows of those who said nothing whether this is why.
      causes: held.every(({ state }) => state === 'unknown')
        ? []
        : reasons
            .filter(({ reason }) => step?.causes.includes(reason))
            .sort((a, b) => b.checkouts - a.checkouts)
            .slice(0, mostCauses)
            .map(({ reason }) => reason),
    }
  })

/** The two steps between which most terminals stand still; null where none do. Of who said nothing nobody knows whether they do. */
export function stuckAfter(rows: readonly StageRow[]): { from: Stage; to: Stage; terminals: number } | null {
  let worst: { from: Stage; to: Stage; terminals: number } | null = null
  for (const [i, { stage, held }] of rows.entries()) {
    const before = rows[i - 1]
    if (before === undefined) continue
    const terminals = held.reduce((sum, one) => sum + (one.state === 'unknown' ? 0 : one.terminals), 0)
    if (terminals > (worst?.terminals ?? 0)) worst = { from: before.stage, to: stage, terminals }
  }
  return worst
}
