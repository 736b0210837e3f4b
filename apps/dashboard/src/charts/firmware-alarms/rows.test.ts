import { expect, test } from 'vitest'
import { alarmRows } from './rows.ts'

test('an alarm names the date, and the rise as it was counted', () => {
  const [row] = alarmRows(
    [
      {
        ...{ model: 'A', firmware: '2.0', kind: 'day', day: 3, merchants: 9, terminals: 12, rise: 0.4, chance: 1e-6 },
        before: { n: 100, x: 10 },
        after: { n: 100, x: 60 },
      },
    ],
    (day) => `2026-11-0${day + 1}`,
  )
  expect(row).toMatchObject({ since: '2026-11-04', kind: 'day' })
  expect(row?.rise.value).toBeCloseTo(0.5)
  expect(row?.rise.low).toBeGreaterThan(0.37)
  expect(row?.rise.high).toBeLessThan(0.61)
})
