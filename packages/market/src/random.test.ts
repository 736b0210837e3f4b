import { expect, test } from 'vitest'
import { Random } from './random.ts'

test('a key names one stream, and another key another', () => {
  const words = (...key: string[]) => {
    const random = new Random(...key)
    return Array.from({ length: 20 }, () => random.word())
  }
  expect(words('a', 'b')).toEqual(words('a', 'b'))
  expect(words('a', 'b')).not.toEqual(words('a', 'c'))
})

test('numbers are uniform, and normal ones have mean 0 and deviation 1', () => {
  const random = new Random('evenness')
  const n = 40_000
  const tenths = new Array<number>(10).fill(0)
  let [sum, squares] = [0, 0]
  for (let i = 0; i < n; i += 1) {
    const tenth = random.below(10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
    const z = random.normal()
    sum += z
    squares += z * z
  }
  for (const count of tenths) expect(count / n).toBeCloseTo(0.1, 1.5)
  expect(sum / n).toBeCloseTo(0, 1.5)
  expect(squares / n).toBeCloseTo(1, 1.5)
})

test('a choice of weight nought is never made', () => {
  const random = new Random('weights')
  const choices = [
    ['never', 0],
    ['often', 9],
    ['sometimes', 1],
    ['never', 0],
  ] as const
  const made = Array.from({ length: 5_000 }, () => random.weighted(choices))
  expect(made).not.toContain('never')
  expect(made.filter((choice) => choice === 'often').length / made.length).toBeCloseTo(0.9, 1.5)
})
