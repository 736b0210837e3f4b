import { expect, test } from 'vitest'
import { statesOption, type StateLabels } from './option.ts'
import { fleetStates, noStates, type StateCounts, type StateRow } from './rows.ts'

const labels: StateLabels = {
  states: {
    open: 'Open',
    signedNotOpen: 'Signed',
    capableNotSigned: 'Capable',
    notCapable: 'Not <capable>',
    suspended: 'Suspended',
    unknown: 'Unknown',
  },
  terminals: 'Terminals',
  active: 'Active',
  tick: (day) => day.slice(5),
  title: (day) => day,
  count: String,
}

const row = (day: string, states: Partial<StateCounts>, active = 0): StateRow => ({
  ...{ day, active, terminals: Object.values(states).reduce((sum, n) => sum + n, 0) },
  states: { ...noStates(), ...states },
})

interface Drawn {
  series: { id: string; stack: string; data: (number | '-')[]; itemStyle: Record<string, unknown> }[]
  xAxis: { data: string[]; axisLabel: { interval: (index: number) => boolean } }
  tooltip: { formatter: (hovered: unknown) => string }
}
const drawn = (rows: StateRow[], layout: 'narrow' | 'wide' = 'narrow') =>
  statesOption(rows, labels, layout) as unknown as Drawn

test('every bar is as high as the day has terminals, what is open on the ground', () => {
  const rows = [row('2026-11-01', { open: 5, unknown: 2, suspended: 1 }), row('2026-11-02', { notCapable: 3 })]
  const { series, xAxis } = drawn(rows)
  expect(series.map(({ id }) => id)).toEqual([...fleetStates])
  expect(new Set(series.map(({ stack }) => stack)).size).toBe(1)
  expect(xAxis.data).toEqual(['2026-11-01', '2026-11-02'])
  const heights = rows.map((_, i) => series.reduce((sum, { data }) => sum + (data[i] === '-' ? 0 : Number(data[i])), 0))
  expect(heights).toEqual(rows.map(({ terminals }) => terminals))
})

test('where all are in one state one colour is drawn, and nothing for the others', () => {
  const { series } = drawn([row('2026-11-01', { open: 7 })])
  expect(series.flatMap(({ id, data }) => (data[0] === '-' ? [] : [[id, data[0]]]))).toEqual([['open', 7]])
})

test('a day without a terminal has its place and no bar', () => {
  const { series, xAxis } = drawn([row('2026-11-01', {}), row('2026-11-02', { open: 1 })])
  expect(xAxis.data).toHaveLength(2)
  expect(series.map(({ data }) => data[0])).toEqual(fleetStates.map(() => '-'))
})

test('each state has its own colour, and the unknown is told by a hatch too', () => {
  const { series } = drawn([row('2026-11-01', { open: 1 })])
  expect(new Set(series.map(({ itemStyle }) => itemStyle['color'])).size).toBe(fleetStates.length)
  expect(series.filter(({ itemStyle }) => 'decal' in itemStyle).map(({ id }) => id)).toEqual(['unknown'])
})

test('the tooltip names the states there are, all terminals and the active ones, and names are escaped', () => {
  const { tooltip } = drawn([row('2026-11-01', { notCapable: 4, open: 2 }, 1)])
  const tip = tooltip.formatter([{ dataIndex: 0 }])
  expect(tip).toContain('Not &lt;capable&gt;<span class="value">4</span>')
  expect(tip).toContain('Terminals<span class="value">6</span>')
  expect(tip).toContain('Active<span class="value">1</span>')
  expect(tip).not.toContain('Suspended')
  expect(tooltip.formatter([])).toBe('')
})

test.each([
  ['narrow', 6],
  ['wide', 12],
] as const)('the newest day always has its label, and a %s picture is not crowded', (layout, most) => {
  const rows = Array.from({ length: 90 }, (_, i) => row(`day ${i}`, { open: 1 }))
  const { xAxis } = drawn(rows, layout)
  const shown = rows.map((_, i) => xAxis.axisLabel.interval(i))
  expect(shown.at(-1)).toBe(true)
  expect(shown.filter(Boolean).length).toBeLessThanOrEqual(most)
})
