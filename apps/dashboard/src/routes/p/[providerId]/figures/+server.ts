import {
  adoptionByGroup,
  adoptionGroups,
  type AdoptionByGroup,
  type AdoptionGroup,
} from '@tillsight/shared/metrics/adoption.ts'
import { fleetOf } from '@tillsight/shared/registry/fleet.ts'
import { funnelRows, type StageRow } from '#charts/adoption-funnel/rows.ts'
import { groupRows, together, type GroupRow } from '#charts/adoption-groups/rows.ts'
import { stateRows, type StateRow } from '#charts/fleet-states/rows.ts'
import { curveRows, type CurveRow } from '#charts/time-to-open/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { daysBefore } from '#server/presets.ts'
import { providerAnswersWith } from '#server/provider-figures.ts'
import { remembered, whileMany } from '#server/remembered.ts'
import type { RequestHandler } from './$types'

export interface AdoptionFigures extends Dated {
  by: AdoptionGroup
  /** Whose states are shown over time; null: all together. */
  group: string | null
  states: StateRow[]
  funnel: StageRow[]
  groups: GroupRow[]
  opening: CurveRow[]
}

/** What changed is told for so many days. */
const week = 7

/** Another group shown alone is of the same figures. */
const remember = remembered<AdoptionByGroup>(whileMany.forMs, whileMany.most)

export const GET: RequestHandler = providerAnswersWith<AdoptionFigures>(
  async ({ events, registry, provider, merchants, parameters, query }) => {
    const by = adoptionGroups.find((each) => each === query.get('by')) ?? 'model'
    const group = query.get('group')
    const { from, to } = parameters.range
    const before = daysBefore(to, week)
    const range = { from: before < from ? before : from, to }
    const found = await remember(events, [provider.providerId, range.from, to, by].join(' '), async () => {
      const terminals = await fleetOf(registry, provider)
      const asked = { ...parameters, range, by: by === 'firmware' ? ('build' as const) : by }
      return adoptionByGroup(events, provider, { merchants, terminals }, asked)
    })
    const groups = groupRows(found.days, to, before)
    return {
      asOf: found.asOf,
      by,
      group,
      states: stateRows(found.days, group, from),
      funnel: funnelRows(found.funnel, together(groups).states, found.reasons),
      groups,
      opening: curveRows(found.timeToOpen, found.opening),
    }
  },
)
