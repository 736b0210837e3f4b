import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { expect, test, vi } from 'vitest'
import { remembered } from './remembered.ts'

const [store, otherStore] = [{} as EventStore, {} as EventStore]

test('who asks again within the time, or at once, gets the same answer', async () => {
  vi.useFakeTimers()
  const ask = remembered<number>(1_000, 10)
  let made = 0
  const make = () => Promise.resolve((made += 1))
  expect(await Promise.all([ask(store, 'a', make), ask(store, 'a', make), ask(store, 'b', make)])).toEqual([1, 1, 2])
  vi.advanceTimersByTime(999)
  expect(await ask(store, 'a', make)).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await ask(store, 'a', make)).toBe(3)
  vi.useRealTimers()
})

test('a failure is not remembered: the second attempt that fails is asked too, the third succeeds', async () => {
  const ask = remembered<string>(60_000, 10)
  let attempts = 0
  const make = () => ((attempts += 1) < 3 ? Promise.reject(new Error('away')) : Promise.resolve('here'))
  await expect(ask(store, 'a', make)).rejects.toThrow('away')
  await expect(ask(store, 'a', make)).rejects.toThrow('away')
  expect(await ask(store, 'a', make)).toBe('here')
})

test('no more answers are kept than told', async () => {
  const ask = remembered<number>(60_000, 2)
  let made = 0
  const make = () => Promise.resolve((made += 1))
  for (const key of ['a', 'b', 'c', 'a']) await ask(store, key, make)
  expect(made).toBe(4)
})

test('what one store answered is not what another is asked', async () => {
  const ask = remembered<string>(60_000, 2)
  await ask(store, 'a', () => Promise.resolve('one'))
  expect(await ask(otherStore, 'a', () => Promise.resolve('other'))).toBe('other')
})
