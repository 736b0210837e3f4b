import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { ready, soon } from './soon.ts'

const late = <T>(value: T) => vi.fn(() => pause(500, value))

test('what is made in time is given, and made anew for the next', async () => {
  const make = vi.fn(() => Promise.resolve(1))
  expect(await soon('in time', make, 300)).toBe(1)
  expect(await soon('in time', make, 300)).toBe(1)
  expect(make).toHaveBeenCalledTimes(2)
})

test.concurrent(
  'what takes long is not waited for, made once, and given once to the next who asks for the same',
  async () => {
    const [make, again] = [late('first'), late('second')]
    expect(await soon('long', make, 300)).toBeUndefined()
    expect(await soon('of somebody else', again, undefined)).toBe('second')
    expect(await soon('long', again, undefined)).toBe('first')
    expect(make).toHaveBeenCalledTimes(1)
    expect(await soon('long', again, undefined)).toBe('second')
  },
)

test.concurrent('who asks again and again without waiting is given it in the end', async () => {
  const make = vi.fn(() => pause(700, 'made'))
  expect(await soon('often', make, 300)).toBeUndefined()
  expect(await soon('often', make, 300)).toBeUndefined()
  expect(await soon('often', make, 2_000)).toBe('made')
  expect(make).toHaveBeenCalledTimes(1)
})

test.concurrent('a failure is told to the next, and harms nobody where none comes', async () => {
  const fail = async (): Promise<number> => {
    await pause(400)
    throw new Error('broken')
  }
  expect(await soon('fails', fail, 300)).toBeUndefined()
  await pause(200)
  await expect(soon('fails', fail, undefined)).rejects.toThrow('broken')
  expect(await soon('fails unheard', fail, 300)).toBeUndefined()
  await pause(200)
})

test.concurrent('who is told when it is ready finds it as it was told', async () => {
  const [make, again] = [late('first'), late('second')]
  expect(await soon('told', make, 300)).toBeUndefined()
  await ready('told', again)
  expect(await soon('told', again, 300)).toBe('first')
  expect(await soon('told', () => Promise.resolve('third'), 300)).toBe('third')
  await ready('told at once', again)
  expect(await soon('told at once', make, 300)).toBe('second')
})

test.concurrent('a failure is told to who waits for it, and not once more', async () => {
  const make = vi.fn(() => Promise.resolve(1))
  await expect(ready('fails at once', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await soon('fails at once', make, 300)).toBe(1)
})
