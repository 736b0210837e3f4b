/** Names of what a provider's pages speak of, in the reader's language. */

import type { AdoptionGroup } from '@tillsight/shared/metrics/adoption.ts'
import type { FleetState } from '#charts/fleet-states/rows.ts'
import { m } from '#paraglide/messages.js'

type Name = () => string

export const stateName: Record<FleetState, Name> = {
  open: m.state_open,
  signedNotOpen: m.state_signed_not_open,
  capableNotSigned: m.state_capable_not_signed,
  notCapable: m.state_not_capable,
  suspended: m.state_suspended,
  unknown: m.state_unknown,
}

export const groupingName: Record<AdoptionGroup, Name> = {
  model: m.by_model,
  firmware: m.by_firmware,
  mcc: m.by_mcc,
  city: m.by_city,
}

/** A group's own name is what the terminals say; only where none said anything it needs words. */
export const groupName = (group: string): string => (group === 'unknown' ? m.group_not_told() : group)

/** +12, −3, ±0. */
export const signed = (n: number): string => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : '±0')
