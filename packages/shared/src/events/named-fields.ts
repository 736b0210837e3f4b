/**
 * What may be kept of an event that was refused: the named fields, where each is what it should be or at least a plain value.
 * Of an object or a list in the place of something else nothing is ours to keep but that it stood there, as `{}` or `[]`: so
 * what was refused for it is refused again.
 */

import type { TSchema } from 'typebox'
import { dataSchemas, envelopeSchema, isEventType } from './event.ts'

interface Shape {
  properties?: Record<string, TSchema>
  items?: TSchema
}

/** Every type's fields together. */
const allData = {
  properties: Object.assign({}, ...Object.values(dataSchemas).map((schema) => schema.properties)) as Record<
    string,
    TSchema
  >,
}

/** The named fields of anything that was sent as an event; `{}` where it names none. Those of all types where its own is unknown. */
export function namedFields(sent: unknown): Record<string, unknown> {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return {}
  const type = 'type' in sent ? sent.type : undefined
  const data: TSchema = isEventType(type) ? dataSchemas[type] : allData
  return named({ properties: { ...envelopeSchema.properties, data } }, sent) as Record<string, unknown>
}

function named(shape: TSchema, value: unknown): unknown {
  const { properties, items } = shape as Shape
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return items === undefined ? [] : (value as unknown[]).map((item) => named(items, item))
  const kept: Record<string, unknown> = {}
  for (const [key, inside] of Object.entries(properties ?? {})) {
    if (Object.hasOwn(value, key)) kept[key] = named(inside, (value as Record<string, unknown>)[key])
  }
  return kept
}
