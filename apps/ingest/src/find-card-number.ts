/** Looks through an event's named text fields, valid or not, for a payment card number (contract section 4). */

import { holdsCardNumber, isOnlyCardNumber } from '@tillsight/shared/events/card-number.ts'
import { dataSchemas } from '@tillsight/shared/events/event.ts'

const envelopeTexts = ['specversion', 'type', 'time']
/** References that number checkouts and orders, and may look like a card by chance. */
const exempt = new Set(['checkoutId', 'outTradeNo'])

interface Shape {
  properties?: Record<string, Shape>
  items?: Shape
}

/** Every type's fields together: a wrong `type` must not hide a card number. */
const named: Shape = { properties: Object.assign({}, ...Object.values(dataSchemas).map((schema) => schema.properties)) as Record<string, Shape> }

/** The JSON pointer of the first field that holds a card number, or undefined. */
export function cardNumberAt(event: object): string | undefined {
  const fields = event as Record<string, unknown>
  for (const name of envelopeTexts) {
    const found = search(fields[name], {}, `/${name}`)
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
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const within = Array.isArray(value) ? shape.items : shape.properties?.[key]
    const isNamed = within !== undefined || (shape.properties === undefined && shape.items === undefined)
    if (!isNamed || exempt.has(key)) continue
    const found = search(inner, within ?? {}, `${pointer}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}
