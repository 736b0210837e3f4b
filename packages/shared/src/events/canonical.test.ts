import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBody } from './canonical.ts'

const some = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] })
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\u0001', '\u2028', '花呗', '😀', '__proto__'),
)
const number = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }))

/** Valid data, its fields in any order, with others that nobody named. */
const data = fc
  .record({
    named: some({
      checkoutId: text,
      attempt: fc.nat(),
      amount: number,
      method: text,
      final: fc.boolean(),
      code: fc.record({ system: text, value: text }),
      customer: some({ token: text, ageBand: text, returning: fc.boolean() }),
      items: fc.array(some({ category: text, quantity: number, amount: number }), { maxLength: 3 }),
      disabledChannels: fc.array(text, { maxLength: 3 }),
    }),
    unnamed: fc.dictionary(
      text.map((name) => `x${name}`),
      text,
    ),
    isReversed: fc.boolean(),
  })
  .map(({ named, unnamed, isReversed }) => {
    const fields = Object.entries({ ...unnamed, ...named })
    return { named, sent: Object.fromEntries(isReversed ? fields.reverse() : fields) }
  })

/** JSON with the keys of every object sorted. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

test('it is JSON of the named fields with sorted keys, whatever their order and whatever stands beside them', () => {
  fc.assert(
    fc.property(data, fc.option(fc.nat().map(String), { nil: undefined }), ({ named, sent }, sequence) => {
      const type = 'tillsight.payment.declined'
      expect(canonicalBody(type, sent, sequence)).toBe(sorted({ data: named, sequence, type }))
    }),
  )
})

test('empty fundBills are absent ones; an empty list of items is not', () => {
  const type = 'tillsight.payment.succeeded'
  expect(canonicalBody(type, { fundBills: [], items: [] }, undefined)).toBe(`{"data":{"items":[]},"type":"${type}"}`)
})

test('a cause that is cleared is there as null', () => {
  const type = 'tillsight.terminal.reported'
  expect(canonicalBody(type, { cause: null, methods: [] }, undefined)).toBe(
    `{"data":{"cause":null,"methods":[]},"type":"${type}"}`,
  )
})
