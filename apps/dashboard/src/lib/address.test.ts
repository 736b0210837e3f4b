import { expect, test } from 'vitest'
import { changed, dated } from './address.ts'

const at = (address: string) => new URL(address, 'https://shop.example')
const asked = { from: '2026-11-01', to: '2026-11-30', problem: null }

test('what is chosen on a page without dates keeps the days that it shows', () => {
  const page = { url: at('/m/1/lost-sales'), data: { shown: { asked } } }
  expect(changed(dated(page), { reason: 'SYSTEM' })).toBe('/m/1/lost-sales?from=2026-11-01&to=2026-11-30&reason=SYSTEM')
})

test('an address that names its days keeps them, and so does a page that shows none', () => {
  const named = at('/m/1?from=2026-11-01&to=2026-11-30&compare=none')
  expect(changed(dated({ url: named, data: { shown: { asked } } }), {})).toBe(named.pathname + named.search)
  const reversed = { from: '2026-11-30', to: '2026-11-01', problem: 'reversed' } as const
  for (const shown of [null, { asked: reversed }])
    expect(changed(dated({ url: at('/m/1'), data: { shown } }), { by: 'weekday' })).toBe('/m/1?by=weekday')
})
