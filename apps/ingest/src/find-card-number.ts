/** Looks through an event's named text fields, valid or not, for a payment card number (contract section 4). */

import { holdsCardNumber, isCardNumberOrMayBe, isOnlyCardNumber } from '@tillsight/shared/events/card-number.ts'
import { dataSchemas } from '@tillsight/shared/events/event.ts'

/** References that number checkouts and orders, and may look like a card by chance. */
const exempt = new Set(['checkoutId', 'outTradeNo'])

interface Shape {
  type?: string
  enum?: unknown[]
  properties?: Record<string, Shape>
  items?: Shape
}

const text: Shape = { type: 'string' }

/** Every type's fields together: a wrong `type` must not hide a card number. */
const event: Shape = {
  properties: {
    specversion: text,
    type: text,
    time: text,
    data: {
      properties: Object.assign({}, ...Object.values(dataSchemas).map((schema) => schema.properties)) as Record<
        string,
        Shape
      >,
    },
  },
}

/** The JSON pointer to a card number in a value, or undefined. */
type Search = (value: unknown) => string | undefined

/** The JSON pointer of a named field that holds a card number, or undefined. */
export const cardNumberAt: Search = searchOf(event, '')

/** Looks at what the shape names. Below a field that is not of the type it should be, at everything. */
function searchOf(shape: Shape, name: string): Search {
  const holds = name === 'token' ? isOnlyCardNumber : holdsCardNumber
  const inside = insideOf(shape)
  const isNumeric = shape.type === 'integer' || shape.type === 'number' || typeof shape.enum?.[0] === 'number'
  return (value) => {
    if (typeof value === 'string') return value.length >= 13 && holds(value) ? '' : undefined
    if (typeof value === 'number') return !isNumeric && isCardNumberOrMayBe(value) ? '' : undefined
    return typeof value === 'object' && value !== null ? inside(value) : undefined
  }
}

function insideOf({ properties, items }: Shape): (value: object) => string | undefined {
  if (items !== undefined) {
    const search = searchOf(items, '')
    return (value) => {
      if (!Array.isArray(value)) return holdsAnywhere(value) ? '' : undefined
      for (const [i, item] of (value as unknown[]).entries()) {
        const found = search(item)
        if (found !== undefined) return `/${i}${found}`
      }
      return undefined
    }
  }
  if (properties === undefined) return (value) => (holdsAnywhere(value) ? '' : undefined)
  const fields = Object.entries(properties)
    .filter(([key]) => !exempt.has(key))
    .map(([key, inner]) => ({ key, search: searchOf(inner, key) }))
  return (value) => {
    // No array: its values have no names. Nothing here is inherited: JSON makes own properties only, and an object's
    // prototype has none of these names.
    for (const { key, search } of fields) {
      const inner = (value as Record<string, unknown>)[key]
      const found = inner === undefined ? undefined : search(inner)
      if (found !== undefined) return `/${key}${found}`
    }
    return undefined
  }
}

/** Looks at every key and value. Does not recurse: how deep the value is was the sender's choice. */
function holdsAnywhere(value: object): boolean {
  const rest: unknown[] = [value]
  while (rest.length > 0) {
    const next = rest.pop()
    if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) rest.push(key, inner)
    } else if (
      typeof next === 'string' ? holdsCardNumber(next) : typeof next === 'number' && isCardNumberOrMayBe(next)
    ) {
      return true
    }
  }
  return false
}
