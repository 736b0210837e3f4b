/** The pages of a merchant, in the order of their tabs. A page that is not here does not exist. */

import { pathBelow } from '#lib/address.ts'
import type { FramePage } from '#lib/frame.ts'
import { m } from '#paraglide/messages.js'

export const pages: readonly FramePage[] = [
  { id: '', name: m.page_overview },
  { id: 'lost-sales', name: m.page_lost_sales },
  { id: 'segments', name: m.page_segments },
  { id: 'competitiveness', name: m.page_competitiveness },
  { id: 'causes', name: m.page_causes },
  { id: 'terminals', name: m.page_terminals },
  { id: 'phones', name: m.phones_title },
]

export const pathOf = (merchantNo: string, id: string): string => pathBelow(`/m/${merchantNo}`, id)
