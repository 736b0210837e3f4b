/**
 * Canonical JSON: the named fields, keys sorted. It decides between copies of an event that differ although they carry the
 * same id, source and time, so only what stands beside those three is written: `{"data":…,"sequence":…,"type":…}`.
 * (`specversion` is always 1.0.) An empty `fundBills` is left out: "empty means absent".
 */

import type { TSchema } from 'typebox'
import { dataSchemas, type EventType } from './event.ts'

type Pick = (value: unknown) => unknown

interface Shape {
  properties?: Record<string, TSchema>
  items?: TSchema
}

function picker(schema: TSchema): Pick {
  const { properties, items } = schema as Shape
  if (properties !== undefined) {
    const fields = Object.keys(properties)
      .sort()
      .map((key) => [key, picker(properties[key] as TSchema)] as const)
    return (value) => {
      const picked: Record<string, unknown> = {}
      for (const [key, pick] of fields) {
        if (Object.hasOwn(value as object, key)) picked[key] = pick((value as Record<string, unknown>)[key])
      }
      if (Array.isArray(picked['fundBills']) && picked['fundBills'].length === 0) delete picked['fundBills']
      return picked
    }
  }
  if (items !== undefined) {
    const pick = picker(items)
    return (value) => (value as unknown[]).map(pick)
  }
  return (value) => value
}

const pickers = Object.fromEntries(
  Object.entries(dataSchemas).map(([type, schema]) => [type, picker(schema)]),
) as Record<EventType, Pick>

/** The named fields of valid `data`, keys sorted, everything else dropped. */
export const namedData = (type: EventType, data: unknown): unknown => pickers[type](data)

export function canonicalBody(type: EventType, data: unknown, sequence: string | undefined): string {
  return JSON.stringify({ data: namedData(type, data), sequence, type })
}
