/** What a refusal means and what to do about it, in the reader's words. */

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

export const refusalRemedy: Record<RefusalCode, () => string> = {
  invalid_event: m.refusal_invalid_event_todo,
  unknown_type: m.refusal_unknown_type_todo,
  source_not_allowed: m.refusal_source_not_allowed_todo,
  unknown_terminal: m.refusal_unknown_terminal_todo,
  time_in_future: m.refusal_time_in_future_todo,
  too_old: m.refusal_too_old_todo,
  amount_out_of_range: m.refusal_amount_out_of_range_todo,
  too_large: m.refusal_too_large_todo,
  contains_card_number: m.refusal_contains_card_number_todo,
}

const mendedElsewhere: ReadonlySet<RefusalCode> = new Set(['source_not_allowed', 'unknown_terminal', 'time_in_future'])

/** The fault is not in the event itself, which nobody can change: a registration, or time, makes it acceptable. */
export const canBeReplayed = (code: RefusalCode): boolean => mendedElsewhere.has(code)
