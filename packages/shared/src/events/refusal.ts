/** Why an event is refused (contract section 4). */

export const refusalCodes = [
  'invalid_event',
  'unknown_type',
  'source_not_allowed',
  'unknown_terminal',
  'time_in_future',
  'too_old',
  'amount_out_of_range',
  'too_large',
  'contains_card_number',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** `pointer` is a JSON pointer into the event, '' for the event as a whole. */
export interface Refusal {
  code: RefusalCode
  pointer: string
  detail: string
}
