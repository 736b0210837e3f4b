/** From what was sent to a valid event, or to the one reason why it is refused (contract section 4). */

import { canonicalBody } from '@tillsight/shared/events/canonical.ts'
import {
  dataSchemas,
  envelopeSchema,
  eventTypes,
  isEventType,
  largestAmount,
  type EventType,
  type TillEvent,
} from '@tillsight/shared/events/event.ts'
import type { Refusal, RefusalCode } from '@tillsight/shared/events/refusal.ts'
import { parseTime } from '@tillsight/shared/events/time.ts'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Sent } from './decode.ts'
import { isLargerThan, largestEvent } from './event-size.ts'
import { cardNumberAt } from './find-card-number.ts'

const aheadMs = 5 * 60_000
const behindMs = 400 * 24 * 3_600_000

const envelopeCheck = Compile(envelopeSchema)
const dataChecks = Object.fromEntries(
  Object.entries(dataSchemas).map(([type, schema]) => [type, Compile(schema as TSchema)]),
) as Record<EventType, Validator>

const refused = (code: RefusalCode, pointer: string, detail: string): Refusal => ({ code, pointer, detail })

export const isRefusal = (result: TillEvent | Refusal): result is Refusal => 'code' in result
export const isEvent = (result: TillEvent | Refusal): result is TillEvent => !isRefusal(result)

/** @param now UTC milliseconds. */
export function validate(sent: Sent, now: number): TillEvent | Refusal {
  if ('unreadable' in sent) return refused('invalid_event', '', sent.unreadable)
  const { value } = sent
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('invalid_event', '', 'an event must be a JSON object')
  }
  // Before anything else, so that whatever else is wrong with the event, nobody keeps or repeats the number.
  const card = cardNumberAt(value)
  if (card !== undefined)
    return refused('contains_card_number', card, 'a payment card number may not be sent; nothing of it was kept')
  if (isLargerThan(largestEvent, value)) {
    return refused('too_large', '', `an event may have at most ${largestEvent} bytes`)
  }

  const envelope = withoutNulls(value)
  if (!envelopeCheck.Check(envelope)) return misfit(envelopeCheck, envelope, '')
  const { id, source, type, sequence } = envelope
  if (!isEventType(type)) return refused('unknown_type', '/type', `type must be one of ${eventTypes.join(', ')}`)
  const { data } = value as { data?: unknown }
  if (!dataChecks[type].Check(data)) return misfit(dataChecks[type], data, '/data')

  const time = parseTime(envelope.time)
  if (time === undefined)
    return refused(
      'invalid_event',
      '/time',
      'time must be RFC 3339 with an offset, such as 2026-11-01T10:15:30.123+08:00',
    )
  if (time > now + aheadMs)
    return refused('time_in_future', '/time', 'time is more than 5 minutes ahead of the clock here')
  if (time < now - behindMs) return refused('too_old', '/time', 'time is more than 400 days ago')

  const [, , merchantNo, terminalNo] = source.split(':') as [string, string, string, string]
  return {
    id,
    source,
    type,
    time,
    ...(sequence === undefined ? {} : { sequence }),
    merchantNo,
    terminalNo,
    data,
    body: canonicalBody(type, data, sequence),
  } as TillEvent
}

/** CloudEvents: an attribute that is null is one that is not set. */
function withoutNulls(event: object): object {
  if (!('sequence' in event) || event.sequence !== null) return event
  const { sequence: _unset, ...set } = event
  return set
}

interface Misfit {
  keyword: string
  instancePath: string
  params: object
}

function misfit(check: Validator, value: unknown, base: string): Refusal {
  const error = check.Errors(value)[0] as Misfit | undefined
  if (error === undefined) throw new Error('a value that fits has no refusal')
  const missing = 'requiredProperties' in error.params ? (error.params.requiredProperties as string[])[0] : undefined
  const pointer = base + error.instancePath + (missing === undefined ? '' : `/${missing}`)
  if (missing !== undefined) return refused('invalid_event', pointer, `${missing} is required`)
  if (pointer.endsWith('/amount') && (error.keyword === 'minimum' || error.keyword === 'maximum')) {
    return refused('amount_out_of_range', pointer, `amount must be from 1 to ${largestAmount} fen`)
  }
  return refused('invalid_event', pointer, demandOf(error))
}

function demandOf({ keyword, params }: Misfit): string {
  if ('allowedValues' in params) return `must be one of ${(params.allowedValues as unknown[]).map(String).join(', ')}`
  if ('pattern' in params) return textDemand(params.pattern as string)
  if ('type' in params) return `must be of type ${String(params.type)}`
  if ('limit' in params) return `must be within its limit of ${String(params.limit)}`
  return `is not valid (${keyword})`
}

function textDemand(pattern: string): string {
  if (pattern.includes('urn:terminal')) return 'must be urn:terminal:<15-character merchantNo>:<8-character terminalNo>'
  if (pattern.includes('[0-9]')) return 'must be a text of 1 to 18 digits'
  const [, from, to] = /\{(\d+),(\d+)\}\$$/.exec(pattern) ?? []
  return to === undefined ? 'must be well-formed text' : `must be well-formed text of ${from} to ${to} characters`
}
