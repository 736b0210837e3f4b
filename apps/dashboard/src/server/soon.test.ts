import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { soon } from './soon.ts'

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
