import { timeToOpen } from '@tillsight/shared/metrics/time-to-open.ts'
import { expect, test } from 'vitest'
import { bandPath, curveRows, fewestForCurve, lastDay, stepPath } from './rows.ts'

const spells = (count: number, days: number, opened: boolean) => Array.from({ length: count }, () => ({ days, opened }))
const group = (name: string, count: number) => ({ group: name, ...timeToOpen(spells(count, 5, true)) })
const box = { width: 100, height: 100, days: 10 }
const notOpen = ({ notOpen: share }: { notOpen: number }): number => share

test('all come first, then the large groups, the largest first, and no more than can be looked at', () => {
  const groups = Array.from({ length: 12 }, (_, i) => group(`M${i}`, fewestForCurve + i))
  const rows = curveRows(timeToOpen(spells(400, 5, true)), groups)
  expect(rows.map((row) => row.group)).toEqual([null, 'M11', 'M10', 'M9', 'M8', 'M7', 'M6', 'M5', 'M4'])
})

test('a small group, of a single terminal even, has no curve of its own; one group is the same as all', () => {
  const all = timeToOpen(spells(40, 5, true))
  expect(curveRows(all, [group('A', fewestForCurve), group('B', 1)]).map((row) => row.group)).toEqual([null, 'A'])
  expect(curveRows(all, [group('A', 40)]).map((row) => row.group)).toEqual([null])
})

test('where nobody was refused there is no curve', () => {
  expect(curveRows(timeToOpen([]), [])).toEqual([])
  expect(lastDay([])).toBe(1)
  expect([stepPath([], notOpen, box), bandPath([], box)]).toEqual(['', ''])
})

test('a curve goes down in steps on the days on which terminals opened, and holds in between', () => {
  const { curve } = timeToOpen([...spells(2, 4, true), ...spells(2, 8, true)])
  expect(stepPath(curve, notOpen, box)).toBe('M0 0H40V50H80V100H100')
})

test('where none opened, however long they were seen, the line stays on top and has no width', () => {
  const { curve, medianDays } = timeToOpen(spells(30, 90, false))
  expect([curve.length, medianDays]).toEqual([1, null])
  expect(stepPath(curve, notOpen, box)).toBe('M0 0H100')
  expect(bandPath(curve, box)).toBe('M0 0L100 0L100 0L0 0Z')
})

test('who is no longer seen is not taken for open: the curve ends above the ground', () => {
  const { curve } = timeToOpen([...spells(10, 2, true), ...spells(10, 3, false)])
  expect(stepPath(curve, notOpen, box)).toBe('M0 0H20V50H100')
  const censoredFirst = timeToOpen([...spells(10, 1, false), ...spells(10, 2, true)])
  expect(stepPath(censoredFirst.curve, notOpen, box)).toBe('M0 0H20V100H100')
})

test('the band ends where all are open, for there it is not known, and lies around its curve before', () => {
  const { curve } = timeToOpen([...spells(15, 2, true), ...spells(15, 6, true)])
  expect(curve.at(-1)).toMatchObject({ day: 6, notOpen: 0, low: null, high: null })
  const corners = [...bandPath(curve, box).matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
  expect(Math.max(...corners.map(([x = 0]) => x))).toBe(60)
  const at = (x: number): number[] => corners.filter(([at]) => at === x).map(([, y = 0]) => y)
  expect([Math.min(...at(60)) < 50, Math.max(...at(60)) > 50]).toEqual([true, true])
})

test('all pictures are as long as the longest curve', () => {
  const rows = curveRows(timeToOpen([...spells(20, 3, true), ...spells(20, 44, true)]), [
    group('A', 20),
    { group: 'B', ...timeToOpen(spells(20, 44, true)) },
  ])
  expect(lastDay(rows)).toBe(44)
})
