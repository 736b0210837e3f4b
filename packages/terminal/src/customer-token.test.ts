import fc from 'fast-check'
import { expect, test } from 'vitest'
import { customerTokens, knownToken } from './customer-token.ts'

const secret = 'a secret of the tests, long enough'

test('the same customer has the same token, under one secret only', () => {
  expect(customerTokens(secret)('13800138000')).toBe(customerTokens(Buffer.from(secret))('13800138000'))
  expect(customerTokens(secret)('13800138000')).not.toBe(customerTokens(`${secret}.`)('13800138000'))
  expect(customerTokens(secret)('\u00e9')).toBe(customerTokens(secret)('e\u0301'))
})

test('a token is HMAC-SHA256 over the domain and the identity, and stays so', () => {
  expect(customerTokens(secret)('13800138000')).toBe('5fc25d27a87556d46dc17397fd18f718c7a15c2b4c765d36ba91ff73154301ea')
})

test('different customers have different tokens, and none shows in its token', () => {
  const tokenOf = customerTokens(secret)
  fc.assert(
    fc.property(fc.string({ minLength: 5 }), fc.string({ minLength: 5 }), (one, other) => {
      expect(tokenOf(one)).toMatch(/^[0-9a-f]{64}$/)
      expect(tokenOf(one) === tokenOf(other)).toBe(one.normalize('NFC') === other.normalize('NFC'))
    }),
  )
})

test('customers of whom nothing is known are not made one', () => {
  expect(customerTokens(secret)('')).toBeUndefined()
})

test.each(['', 'x'.repeat(31), new Uint8Array(31)])('a secret shorter than 32 bytes is refused', (short) => {
  expect(() => customerTokens(short)).toThrow(RangeError)
})

test.each([
  '13800138000',
  '+86 138-0013-8000',
  '6222 0210 0111 6245 702',
  '11010519491231002X',
  '2088102146225135',
  'someone@example.com',
  '',
  'x'.repeat(129),
])('%j is not taken for a pseudonym', (raw) => {
  expect(() => knownToken(raw)).toThrow(RangeError)
})

test('a pseudonym made elsewhere is taken as it is', () => {
  expect(knownToken('9f2c0a7be1')).toBe('9f2c0a7be1')
})
