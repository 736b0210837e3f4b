import { expect, test, vi } from 'vitest'
import { remembered } from './remembered.ts'

test('who asks again within the time, or at once, gets the same answer', async () => {
  vi.useFakeTimers()
  const ask = remembered<number>(1_000, 10)
  let made = 0
  const make = () => Promise.resolve((made += 1))
  expect(await Promise.all([ask('a', make), ask('a', make), ask('b', make)])).toEqual([1, 1, 2])
  vi.advanceTimersByTime(999)
  expect(await ask('a', make)).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await ask('a', make)).toBe(3)
  vi.useRealTimers()
})

test('a failure is not remembered: the second attempt that fails is asked too, the third succeeds', async () => {
  const ask = remembered<string>(60_000, 10)
  let attempts = 0
  const make = () => ((attempts += 1) < 3 ? Promise.reject(new Error('away')) : Promise.resolve('here'))
  await expect(ask('a', make)).rejects.toThrow('away')
  await expect(ask('a', make)).rejects.toThrow('away')
  expect(await ask('a', make)).toBe('here')
})

test('no more answers are kept than told', async () => {
  const ask = remembered<number>(60_000, 2)
  let made = 0
  const make = () => Promise.resolve((made += 1))
  for (const key of ['a', 'b', 'c', 'a']) await ask(key, make)
  expect(made).toBe(4)
})
