/** The pages of a merchant, in the order of their tabs. A page that is not here does not exist. */

import { m } from '#paraglide/messages.js'

interface MerchantPage {
  /** Its folder; '' for the first one. */
  id: string
  name: () => string
  /** Its figures are not compared with the period before. */
  alone?: true
}

export const pages: readonly MerchantPage[] = [
  { id: '', name: m.page_overview },
  { id: 'lost-sales', name: m.page_lost_sales },
  { id: 'segments', name: m.page_segments, alone: true },
  { id: 'competitiveness', name: m.page_competitiveness, alone: true },
  { id: 'causes', name: m.page_causes, alone: true },
  { id: 'terminals', name: m.page_terminals, alone: true },
]

export const pathOf = (merchantNo: string, id: string): string => `/m/${merchantNo}${id === '' ? '' : `/${id}`}`
