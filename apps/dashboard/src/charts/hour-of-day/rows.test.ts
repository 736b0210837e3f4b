import { noFigures } from '@tillsight/shared/metrics/outcome-figures.ts'
import { expect, test } from 'vitest'
import { hourRows } from './rows.ts'

test('the same hour of all weekdays is one bar, and every hour has one', () => {
  const lost = (group: string, amount: number) => ({
    ...noFigures(),
    group,
    unsupported: { checkouts: 1, amount },
    netLost: { amount, low: 0, high: amount },
  })
  const rows = hourRows([lost('mon 08', 100), lost('sun 08', 50), lost('sun 18', 7)])
  expect(rows.map(({ start }) => start)).toEqual(Array.from({ length: 24 }, (_, i) => String(i).padStart(2, '0')))
  expect(rows[8]).toMatchObject({ checkouts: 2, fates: { lost: 150 } })
  expect(rows[18]).toMatchObject({ checkouts: 1, fates: { lost: 7 } })
})
