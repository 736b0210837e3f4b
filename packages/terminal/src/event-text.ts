/** An event as it is queued and sent. The text is made once, so that what is sent again is the same to the byte. */

import type { EventData, EventType, Report } from './events.ts'
import { RecordError } from './receipt.ts'
import { utf8Bytes } from './utf8-bytes.ts'

/** The ingest refuses more. */
export const largestEvent = 16 * 1024

/**
 * All that is ever written or sent, at any depth. What else an application's objects may hold (a phone number beside a
 * token) stays out of the queue.
 */
export const sentFields = [
  ...['specversion', 'id', 'source', 'type', 'time', 'sequence', 'data'],
  ...['checkoutId', 'attempt', 'amount', 'currency', 'method', 'intendedMethod', 'outTradeNo'],
  ...['instalments', 'sellerPercent', 'customer', 'token', 'ageBand', 'returning', 'items', 'category', 'quantity'],
  ...['code', 'system', 'value', 'final', 'disabledChannels', 'fundBills', 'channel'],
  ...['methods', 'state', 'firmware', 'model', 'cause'],
]

export interface NewEvent<T extends EventType = EventType> {
  id: string
  source: string
  type: T
  /** UTC milliseconds. */
  time: number
  sequence: number
  data: EventData[T]
}

/** Throws a RecordError where there is no such text, or where it is over 16 KiB. */
export function eventText({ id, source, type, time, sequence, data }: NewEvent): string {
  const text = asJson({
    specversion: '1.0',
    id,
    source,
    type,
    time: asTimestamp(time),
    sequence: String(sequence),
    data: 'methods' in data ? { ...data, methods: methodList(data.methods) } : data,
  })
  // A character has at most three bytes in UTF-8 for each UTF-16 unit.
  if (text.length * 3 > largestEvent && utf8Bytes(text) > largestEvent) {
    throw new RecordError('too_large', `an event may have at most ${largestEvent} bytes; leave out items`)
  }
  return text
}

function asJson(event: object): string {
  try {
    return JSON.stringify(event, sentFields)
  } catch (cause) {
    throw new RecordError('not_json', 'what was passed has no form in JSON', { cause })
  }
}

function asTimestamp(time: number): string {
  try {
    return new Date(time).toISOString()
  } catch (cause) {
    throw new RecordError('invalid_time', 'time must be a Date or UTC milliseconds', { cause })
  }
}

const isList = (methods: Report['methods']): methods is Exclude<Report['methods'], { HUABEI?: unknown }> =>
  Array.isArray(methods)

/** The methods of a report as the API spells them. */
export function methodList(methods: Report['methods']): readonly { method: string; state: string }[] {
  if (isList(methods)) return methods
  return Object.entries(methods).map(([method, state]) => ({ method, state }))
}
