/** What a refusal means, in the reader's words. */

import type { RefusalCode } from '@tillsight/shared/events/refusal.ts'
import { m } from '#paraglide/messages.js'

export const refusalMeaning: Record<RefusalCode, () => string> = {
  invalid_event: m.refusal_invalid_event,
  unknown_type: m.refusal_unknown_type,
  source_not_allowed: m.refusal_source_not_allowed,
  unknown_terminal: m.refusal_unknown_terminal,
  time_in_future: m.refusal_time_in_future,
  too_old: m.refusal_too_old,
  amount_out_of_range: m.refusal_amount_out_of_range,
  too_large: m.refusal_too_large,
  contains_card_number: m.refusal_contains_card_number,
}
