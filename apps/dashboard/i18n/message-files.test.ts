import { expect, test } from 'vitest'
import { m } from '#paraglide/messages.js'

test('a word follows its number, also where the number is written for people', () => {
  const sales = (count: string) => m.unit_checkouts({ count }, { locale: 'en' })
  expect(['0', '1', '2', '1,001'].map(sales)).toEqual(['0 sales', '1 sale', '2 sales', '1,001 sales'])
  expect(m.unit_checkouts({ count: '1' }, { locale: 'zh' })).toBe('1 单')
})

test('each of two numbers has a word of its own', () => {
  const places = (merchants: string, terminals: string) =>
    m.fleet_serial_merchants({ merchants, terminals }, { locale: 'en' })
  expect(places('1', '2')).toBe('At 1 merchant, on 2 terminals')
  expect(places('2', '1')).toBe('At 2 merchants, on 1 terminal')
})
