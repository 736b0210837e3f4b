// The Kaplan–Meier estimate, against a published example and by hand.

import { describe, expect, test } from 'vitest'
import { kaplanMeier, type Observation } from './survival.ts'

const at = (...days: number[]): Observation[] => days.map((each) => ({ days: each, opened: true }))
const until = (...days: number[]): Observation[] => days.map((each) => ({ days: each, opened: false }))

test('the remissions of Freireich and others (1963), as every textbook has them', () => {
  const { curve, medianDays, low, high } = kaplanMeier([
    ...at(6, 6, 6, 7, 10, 13, 16, 22, 23),
    ...until(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35),
  ])
  const expected = [
    [0, 1, 1, 1],
    [6, 0.8571, 0.6197, 0.9516],
    [7, 0.8067, 0.5631, 0.9228],
    [10, 0.7529, 0.5032, 0.8894],
    [13, 0.6902, 0.4316, 0.8491],
    [16, 0.6275, 0.3675, 0.8049],
    [22, 0.5378, 0.2678, 0.7468],
    [23, 0.4482, 0.1881, 0.6801],
  ]
  expect(curve).toHaveLength(expected.length)
  curve.forEach((point, index) => {
    const [day = 0, notOpen = 0, lower = 0, upper = 0] = expected[index] ?? []
    expect(point.day).toBe(day)
    expect(point.notOpen).toBeCloseTo(notOpen, 4)
    expect(point.low).toBeCloseTo(lower, 4)
    expect(point.high).toBeCloseTo(upper, 4)
  })
  expect({ medianDays, low, high }).toEqual({ medianDays: 23, low: 13, high: null })
})

describe('ties', () => {
  test('who is censored on a day is still at risk of its events', () => {
    expect(kaplanMeier([...at(3), ...until(3)]).curve.at(-1)).toMatchObject({ day: 3, notOpen: 0.5 })
    expect(kaplanMeier([...at(3), ...until(2)]).curve.at(-1)).toMatchObject({ day: 3, notOpen: 0 })
  })

  test('an opening on day 0 has its place in the curve', () => {
    expect(kaplanMeier([...at(0), ...until(1, 1)]).curve.map(({ day, notOpen }) => [day, notOpen])).toEqual([
      [0, 2 / 3],
    ])
  })
})

describe('the median', () => {
  test('is the first day at 0.5 exactly, however it was multiplied together', () => {
    // 5/6 · 4/5 · 3/4 = 1/2
    expect(kaplanMeier([...at(1, 2, 3), ...until(9, 9, 9)]).medianDays).toBe(3)
    expect(kaplanMeier([...at(1, 2), ...until(9, 9, 9)]).medianDays).toBeNull()
    for (let half = 1; half < 60; half += 1) {
      const many = [...Array.from({ length: half }, (_, day) => day + 1)]
      expect(kaplanMeier([...at(...many), ...until(...many.map(() => 99))]).medianDays).toBe(half)
    }
  })

  test('has a null interval where no band crosses', () => {
    expect(kaplanMeier(at(1))).toMatchObject({ medianDays: 1, low: null, high: null })
  })
})

test('nobody at all is a curve at 1', () => {
  expect(kaplanMeier([])).toEqual({
    curve: [{ day: 0, notOpen: 1, low: 1, high: 1 }],
    ...{ medianDays: null, low: null, high: null },
  })
})

test('all open leaves bands that have no logarithm', () => {
  expect(kaplanMeier(at(1, 2)).curve.at(-1)).toEqual({ day: 2, notOpen: 0, low: null, high: null })
})
