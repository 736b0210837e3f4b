/** An event that the ingest will not take as it is. */

import type { Refusal } from './answer.ts'

export interface RefusedEvent extends Refusal {
  id: string
  source: string
  /** When it was refused, UTC milliseconds. */
  at: number
  /** The event as sent; null where it was refused for holding a card number: that is kept nowhere. */
  event: unknown
}

export function refusedEvent(body: string, refusal: Refusal, at: number): RefusedEvent {
  const { id, source, event } = namesOf(body)
  return { id, source, at, ...refusal, event: refusal.code === 'contains_card_number' ? null : event }
}

/** What the text of an event says it is; nothing, where a disk has garbled it. */
export function namesOf(body: string | undefined): { id: string; source: string; event: unknown } {
  try {
    const event = JSON.parse(body ?? '') as { id: string; source: string }
    return { id: event.id, source: event.source, event }
  } catch {
    return { id: '', source: '', event: null }
  }
}
