import { expect, test } from 'vitest'
import { cityName, isInProvince } from './places.ts'
import { tradeName } from './trades.ts'

test('a known city is called by its name, and of another nothing is guessed', () => {
  expect(cityName('440106')).toBe('广州')
  expect(cityName('4403')).toBe('深圳')
  expect(cityName('3102')).toBe('上海')
  expect(cityName('4418')).toBe('广东 4418')
  expect(cityName('9901')).toBe('9901')
})

test('every province of GB/T 2260 is known, and nothing else is one', () => {
  expect(['110101', '440106', '710000', '810000', '82'].map(isInProvince)).not.toContain(false)
  expect(['990106', '160000', '', 'constructor'].map(isInProvince)).not.toContain(true)
  expect(cityName('810000')).toBe('香港')
})

test('a trade keeps its code beside its name', () => {
  expect(tradeName('5812')).toBe('餐馆 5812')
  expect(tradeName('1234')).toBe('1234')
})
