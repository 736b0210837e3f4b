import { expect, test } from 'vitest'
import { BadOption, readOptions } from './options.ts'

test('what is not told has a default, and the seed another each time', () => {
  const { seed, ...options } = readOptions([]) ?? {}
  const defaults = { terminals: 500, rate: 2_000, days: 30, minutes: undefined, target: undefined }
  expect(options).toEqual(defaults)
  expect(readOptions([])?.seed).not.toBe(seed)
})

test('what is told is read', () => {
  const line = '--terminals 36 --rate 100 --days 7 --minutes 0.5 --seed x --url http://t:1 --key k --provider p1'
  const target = { url: 'http://t:1', key: 'k', provider: 'p1' }
  expect(readOptions(line.split(' '))).toEqual({ terminals: 36, rate: 100, days: 7, minutes: 0.5, seed: 'x', target })
})

test.each([
  ['--terminals 0', /--terminals must be a whole number from 1 to 29000/],
  ['--terminals 1.5', /--terminals/],
  ['--rate many', /--rate must be a whole number from 1 to 100000/],
  ['--days 391', /--days must be a whole number from 1 to 390/],
  ['--minutes 0', /--minutes/],
  ['--url http://t:1', /--url needs --key/],
  ['--key k', /--url/],
  ['--url t:1 --key k', /--url must be like/],
  ['--url http://t:1 --key schlüssel', /--key must be/],
  ['--tills 5', /--tills/],
  ['500', /500/],
])('%s is refused, and the message names what is wrong', (line, message) => {
  const read = () => readOptions(line.split(' '))
  expect(read).toThrow(BadOption)
  expect(read).toThrow(message)
})

test('a key is not repeated in a message', () => {
  expect(() => readOptions(['--url', 'http://t:1', '--key', 'geheim ü'])).not.toThrow(/geheim/)
})
