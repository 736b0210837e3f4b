import { noFigures } from '@tillsight/shared/metrics/outcome-figures.ts'
import { expect, test } from 'vitest'
import { strength, heatOption, type HeatLabels } from './option.ts'
import { heatRows, weekdays } from './rows.ts'

const labels: HeatLabels = {
  weekday: (weekday) => weekday,
  hour: (hour) => `${hour}:00`,
  checkouts: (n) => `${n} refused`,
  money: (fen) => `¥${fen / 100}`,
}

const group = (name: string, checkouts: number, lost: number) => ({
  ...noFigures(),
  group: name,
  unsupported: { checkouts, amount: lost },
  netLost: { amount: lost, low: 0, high: lost },
})

const rows = heatRows([group('tue 09', 2, 500), group('sun 23', 1, 100)])

test('every hour of the week has its cell, and each loss is in its own', () => {
  expect(rows).toHaveLength(7 * 24)
  expect(rows.filter(({ lost }) => lost > 0)).toEqual([
    { weekday: 'tue', hour: 9, checkouts: 2, lost: 500 },
    { weekday: 'sun', hour: 23, checkouts: 1, lost: 100 },
  ])
})

test('the more was lost, the stronger the colour; nothing lost has no colour at all', () => {
  const shades = [0, 1, 250, 500].map((lost) => strength(lost, 500))
  expect(shades[0]).toBe(0)
  expect(shades).toEqual(shades.toSorted((a, b) => a - b))
  expect(shades[3]).toBe(1)
  expect(shades[1]).toBeGreaterThan(0.2)
})

test('a cell says its hour, how many were refused and what was lost', () => {
  const { tooltip } = heatOption(rows, labels, 'wide') as { tooltip: { formatter: (hovered: unknown) => string } }
  const said = tooltip.formatter({ seriesIndex: weekdays.indexOf('tue'), dataIndex: 9 })
  expect(said).toContain('tue 9:00')
  expect(said).toContain('2 refused<span class="value">¥5</span>')
})

test('rows are named in their middle, Monday first', () => {
  const { yAxis } = heatOption(rows, labels, 'narrow') as {
    yAxis: { inverse: boolean; axisLabel: { formatter: (at: number) => string } }
  }
  expect(yAxis.inverse).toBe(true)
  expect([0, 0.5, 1, 6.5, 7].map(yAxis.axisLabel.formatter)).toEqual(['', 'mon', '', 'sun', ''])
})
