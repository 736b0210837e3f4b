import { expect, test } from 'vitest'
import { returnPath } from './return-path.ts'

const origin = 'http://127.0.0.1:3000'

test('a path of this site is kept with its query', () => {
  expect(returnPath('/m/898584058120001?from=2026-11-01&to=2026-11-02', origin)).toBe(
    '/m/898584058120001?from=2026-11-01&to=2026-11-02',
  )
})

test.each([
  'https://elsewhere.example/',
  '//elsewhere.example/',
  '/\\elsewhere.example/',
  '/\t/elsewhere.example/',
  '/%2e%2e//elsewhere.example',
  '/..//elsewhere.example',
  'javascript:alert(1)',
  'm/898584058120001',
  '',
  null,
])('%j leads home, not away', (asked) => {
  expect(returnPath(asked, origin)).toBe('/')
})
