/** Names of what a provider's pages speak of, in the reader's language. */

import type { CodeSystem } from '@tillsight/shared/events/reasons.ts'
import type { AdoptionGroup } from '@tillsight/shared/metrics/adoption.ts'
import { partsOfBuild } from '@tillsight/shared/metrics/builds.ts'
import type { FleetState } from '#charts/fleet-states/rows.ts'
import { cityName } from '#lib/places.ts'
import { tradeName } from '#lib/trades.ts'
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

const systemNames: Record<CodeSystem, Name> & Partial<Record<string, Name>> = {
  LOCAL: m.system_LOCAL,
  ALIPAY: m.system_ALIPAY,
  ISO8583: m.system_ISO8583,
  WECHAT: m.system_WECHAT,
}

/** Who speaks a code. */
export const systemName = (system: string): string => systemNames[system]?.() ?? system

export const groupingName: Record<AdoptionGroup, Name> = {
  model: m.by_model,
  firmware: m.by_firmware,
  mcc: m.by_mcc,
  city: m.by_city,
}

/**
 * A model or firmware is called what the terminals call it, grouped by firmware both; a trade or a city has a name; and nothing
 * said needs words.
 */
export function groupName(group: string, by?: AdoptionGroup): string {
  if (by === 'firmware')
    return partsOfBuild(group)
      .map((part) => groupName(part))
      .join(' · ')
  if (group === 'unknown') return m.group_not_told()
  if (by === 'mcc') return tradeName(group)
  return by === 'city' ? cityName(group) : group
}

/** +12, −3, ±0. */
export const signed = (n: number): string => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : '±0')
