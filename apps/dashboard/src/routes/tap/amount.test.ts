import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fenOf, keypad, typed, typedOf, type Key } from './amount.ts'

const type = (keys: readonly Key[]) => keys.reduce(typed, '')
const keysOf = (text: string) => Array.from(text) as Key[]

test.each([
  ['86', '86', 8_600],
  ['86.5', '86.5', 8_650],
  ['86.05', '86.05', 8_605],
  ['.5', '0.5', 50],
  ['007', '7', 700],
  ['0.00', '0.00', 0],
  ['1.2.3', '1.23', 123],
  ['1.234', '1.23', 123],
  ['9999999.99', '9999999.99', 999_999_999],
  ['', '', 0],
])('the keys %s make %s', (keys, text, fen) => {
  expect(type(keysOf(keys))).toBe(text)
  expect(fenOf(text)).toBe(fen)
})

test('back takes the last key away', () => {
  expect(type(['8', '6', '.', 'back', 'back', '1'])).toBe('81')
  expect(type(['back'])).toBe('')
})

test('no card number can be typed', () => {
  expect(type(keysOf('6222021234567890128'))).toBe('6222021')
})

test('whatever is typed is an amount in whole fen below ten million yuan, and can be typed again', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...keypad)), (keys) => {
      const fen = fenOf(type(keys))
      expect(Number.isInteger(fen) && fen >= 0 && fen < 1_000_000_000).toBe(true)
      expect(fenOf(typedOf(fen))).toBe(fen)
      expect(fen === 0 || type(keysOf(typedOf(fen))) === typedOf(fen)).toBe(true)
    }),
  )
})
