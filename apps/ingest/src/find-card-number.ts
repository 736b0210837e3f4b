/** Looks through an event's named text fields, valid or not, for a payment card number (contract section 4). */

import { holdsCardNumber, isOnlyCardNumber } from '@tillsight/shared/events/card-number.ts'
import { dataSchemas } from '@tillsight/shared/events/event.ts'

const envelopeTexts = ['specversion', 'type', 'time']
/** References that number checkouts and orders, and may look like a card by chance. */
const exempt = new Set(['checkoutId', 'outTradeNo'])

interface Shape {
  type?: string
  enum?: unknown[]
  properties?: Record<string, Shape>
  items?: Shape
}

/** Every type's fields together: a wrong `type` must not hide a card number. */
const named: Shape = {
  properties: Object.assign({}, ...Object.values(dataSchemas).map((schema) => schema.properties)) as Record<
    string,
    Shape
  >,
}
const text: Shape = { type: 'string' }

/** The JSON pointer of the first named field that holds a card number, or undefined. */
export function cardNumberAt(event: object): string | undefined {
  const fields = event as Record<string, unknown>
  for (const name of envelopeTexts) {
    const found = search(fields[name], text, `/${name}`)
    if (found !== undefined) return found
  }
  return search(fields['data'], named, '/data')
}

/** Walks what the shape names. Below a field that is not of the type it should be, everything is looked at. */
function search(value: unknown, shape: Shape, pointer: string): string | undefined {
  if (typeof value === 'string') {
    if (value.length < 13) return undefined
    const holds = pointer === '/data/customer/token' ? isOnlyCardNumber : holdsCardNumber
    return holds(value) ? pointer : undefined
  }
  if (typeof value === 'number') return !isNumeric(shape) && isOnlyCardNumber(String(value)) ? pointer : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (shape.properties === undefined && shape.items === undefined) return holdsAnywhere(value) ? pointer : undefined
  for (const [key, inner] of Object.entries(value)) {
    if (exempt.has(key)) continue
    const { items, properties } = shape
    // Not just `properties[key]`: `constructor` and `__proto__` are no fields of ours.
    const within = Array.isArray(value)
      ? items
      : properties && Object.hasOwn(properties, key)
        ? properties[key]
        : undefined
    const found = within && search(inner, within, `${pointer}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

const isNumeric = ({ type, enum: values }: Shape): boolean =>
  type === 'integer' || type === 'number' || typeof values?.[0] === 'number'

/** Looks at every key and value. Does not recurse: how deep the value is was the sender's choice. */
function holdsAnywhere(value: object): boolean {
  const rest: unknown[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) rest.push(key, inner)
    } else if ((typeof next === 'string' || typeof next === 'number') && holdsCardNumber(String(next))) {
      return true
    }
  }
  return false
}
