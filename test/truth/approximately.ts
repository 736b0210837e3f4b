/** What a judge says, in a form that takes an answer whose rates are written by another way to the same formula. */

import { expect } from 'vitest'

/** Every number within 5e-10. */
export function approximately(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 9)
  if (Array.isArray(value)) return value.map(approximately)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, approximately(inside)]))
}
