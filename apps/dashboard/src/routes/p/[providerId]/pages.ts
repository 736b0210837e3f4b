/** The pages of a provider, in the order of their tabs. A page that is not here does not exist. */

import { pathBelow } from '#lib/address.ts'
import type { FramePage } from '#lib/frame.ts'
import { m } from '#paraglide/messages.js'

export const pages: readonly FramePage[] = [
  { id: '', name: m.page_adoption, days: 'alone' },
  { id: 'compatibility', name: m.page_compatibility, days: 'alone' },
  { id: 'merchants', name: m.page_merchants },
  { id: 'reasons', name: m.page_reasons, days: 'alone' },
  { id: 'fleet', name: m.page_fleet, days: 'now' },
  { id: 'registry', name: m.page_registry },
]

export const pathOf = (providerId: string, id: string): string => pathBelow(`/p/${providerId}`, id)
