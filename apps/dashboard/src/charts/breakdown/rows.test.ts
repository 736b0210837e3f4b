import { noFigures } from '@tillsight/shared/metrics/outcome-figures.ts'
import { expect, test } from 'vitest'
import { breakdownRows } from './rows.ts'

const group = (name: string, checkouts: number, amount: number, lost: number) => ({
  ...noFigures(),
  group: name,
  unsupported: { checkouts, amount },
  netLost: { amount: lost, low: 0, high: amount },
})

test('the largest comes first, by what the bars show', () => {
  const groups = [group('a', 3, 900, 100), group('b', 1, 500, 200)]
  expect(breakdownRows(groups, 'lost').map((row) => row.group)).toEqual(['b', 'a'])
  expect(breakdownRows(groups, 'amount').map((row) => row.group)).toEqual(['a', 'b'])
})

test('a group in which nobody was refused is no row', () => {
  expect(breakdownRows([group('approved', 0, 0, 0)], 'lost')).toEqual([])
})
