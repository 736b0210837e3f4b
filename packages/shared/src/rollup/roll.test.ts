import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchesOf } from './roll.ts'

const touched = fc
  .array(
    fc.tuple(
      fc.uniqueArray(fc.integer({ min: 20_000, max: 20_200 }), { minLength: 1, maxLength: 60 }),
      fc.nat({ max: 2_000_000 }),
    ),
    { maxLength: 150 },
  )
  .map(
    (merchants) =>
      new Map(merchants.map(([days, events], i) => [`m${i}`, { days: days.sort((a, b) => a - b), events }])),
  )

test('every touched merchant-day is in exactly one batch, and within its span', () => {
  fc.assert(
    fc.property(touched, (merchants) => {
      const batches = batchesOf(merchants)
      const found = batches.flatMap(({ days }) =>
        [...days].flatMap(([m, those]) => those.days.map((day) => `${m} ${day}`)),
      )
      const expected = [...merchants].flatMap(([m, { days }]) => days.map((day) => `${m} ${day}`))
      expect(found.sort()).toEqual(expected.sort())
      for (const { from, to, days } of batches) {
        const all = [...days.values()].flatMap((those) => those.days)
        expect([from, to]).toEqual([Math.min(...all), Math.max(...all)])
      }
    }),
  )
})

test('180 days of 2,000 merchants take hundreds of statements, not thousands', () => {
  const days = Array.from({ length: 180 }, (_, i) => 20_000 + i)
  const some = (share: number) => days.filter((day) => (day * 7919) % 100 < share * 100)
  const merchants = Array.from(
    { length: 2_000 },
    (_, i) => [`m${i}`, { days: some(i % 3 === 0 ? 0.2 : 1), events: 50 }] as const,
  )
  expect(batchesOf(new Map(merchants)).length).toBeLessThan(1_000)
})

test('many merchants’ today is not derived over the span of one that was late', () => {
  const merchants = new Map(Array.from({ length: 500 }, (_, i) => [`m${i}`, { days: [20_007], events: 10 }]))
  merchants.set('late', { days: [20_000], events: 1 })
  expect(
    batchesOf(merchants)
      .map(({ from, to, days }) => [from, to, days.size])
      .sort(),
  ).toEqual([
    [20_000, 20_000, 1],
    [20_007, 20_007, 500],
  ])
})

test.each(Array.from({ length: 16 }, (_, i) => 20_000 + i))(
  'a customer of today touches yesterday, and both are one statement, on day %i too',
  (today) => {
    const merchants = Array.from({ length: 60 }, (_, i) => [`m${i}`, { days: [today - 1, today], events: 10 }] as const)
    expect(batchesOf(new Map(merchants)).map(({ from, to }) => [from, to])).toEqual([[today - 1, today]])
  },
)
