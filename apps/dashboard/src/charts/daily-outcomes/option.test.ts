import type { LostSalesInterval } from '@tillsight/shared/metrics/lost-sales.ts'
import { noFigures } from '@tillsight/shared/metrics/outcome-figures.ts'
import { expect, test } from 'vitest'
import { dailyOption, totalOf, unsettledOpacity, type DailyLabels } from './option.ts'
import { dailyRows, fates, type DailyRow } from './rows.ts'

const labels: DailyLabels = {
  fates: { lost: 'Lost', unknown: 'Unknown', open: 'Open', deferred: 'Later', recovered: 'Paid' },
  before: (start) => `Before, ${start}`,
  total: 'Together',
  unsettled: 'Not settled',
  tick: (start) => start.slice(5),
  title: (start) => start,
  axisMoney: String,
  money: (fen) => `¥${fen / 100}`,
}

const row = (start: string, sums: Partial<DailyRow['fates']> = {}, settled = true): DailyRow => ({
  start,
  settled,
  checkouts: 1,
  fates: { lost: 0, unknown: 0, open: 0, deferred: 0, recovered: 0, ...sums },
  before: null,
})

interface Series {
  id: string
  data: ('-' | { value: number; itemStyle: { opacity: number } })[]
  itemStyle: Record<string, unknown>
}
const seriesOf = (rows: DailyRow[]) => dailyOption(rows, labels, 'narrow').series as unknown as Series[]
const tipOf = (rows: DailyRow[], dataIndex: number): string => {
  const { tooltip } = dailyOption(rows, labels, 'wide') as { tooltip: { formatter: (hovered: unknown) => string } }
  return tooltip.formatter([{ dataIndex }])
}

test('every bar is as high as all that was refused that day, to the fen', () => {
  const rows = [row('2026-11-01', { lost: 8601, recovered: 1399, open: 5 }), row('2026-11-02', { unknown: 700 })]
  const heights = rows.map((_, day) =>
    seriesOf(rows).reduce((sum, { data }) => sum + (typeof data[day] === 'object' ? data[day].value : 0), 0),
  )
  expect(heights).toEqual(rows.map(totalOf))
})

test('what a smaller purchase still paid counts as paid, the rest of it as lost', () => {
  const none = { checkouts: 0, amount: 0 }
  const [found] = dailyRows([
    {
      start: '2026-11-01',
      settled: true,
      attempted: none,
      approved: none,
      pending: none,
      declined: none,
      unsupported: { checkouts: 3, amount: 26_000 },
      unmapped: none,
      outcomes: {
        recoveredInWallet: { checkouts: 1, amount: 9400 },
        recoveredOther: none,
        downsized: { checkouts: 1, amount: 8600, paid: 5000 },
        deferred: none,
        abandoned: { checkouts: 1, amount: 8000 },
        open: none,
        unknown: none,
      },
      netLost: { amount: 11_600, low: 3600, high: 11_600 },
    },
  ])
  expect(found?.fates).toEqual({ lost: 11_600, unknown: 0, open: 0, deferred: 0, recovered: 14_400 })
  expect(found && totalOf(found)).toBe(26_000)
})

test('loss stands on the ground, so that days can be compared', () => {
  expect(seriesOf([row('2026-11-01')]).map(({ id }) => id)).toEqual([...fates])
  expect(fates[0]).toBe('lost')
})

test('a day that is not settled yet is drawn lighter', () => {
  const [lost] = seriesOf([row('2026-11-01', { lost: 100 }), row('2026-11-02', { lost: 100 }, false)])
  expect(lost?.data.map((point) => typeof point === 'object' && point.itemStyle.opacity)).toEqual([1, unsettledOpacity])
})

test('the unknown is told by a hatch, not by colour alone', () => {
  const hatched = seriesOf([row('2026-11-01')]).filter(({ itemStyle }) => 'decal' in itemStyle)
  expect(hatched.map(({ id }) => id)).toEqual(['unknown'])
})

test('nothing is drawn for nothing', () => {
  for (const { data } of seriesOf([row('2026-11-01')])) expect(data).toEqual(['-'])
})

test('the tooltip names what there was and nothing else, and warns of unsettled days', () => {
  const rows = [row('2026-11-01', { lost: 8600 }), row('2026-11-02', { recovered: 500 }, false)]
  expect(tipOf(rows, 0)).toContain('Lost<span class="value">¥86</span>')
  expect(tipOf(rows, 0)).not.toContain('Unknown')
  expect(tipOf(rows, 0)).not.toContain('Not settled')
  expect(tipOf(rows, 1)).toContain('Not settled')
})

test('the newest interval always has its label, and a phone is not crowded', () => {
  const rows = Array.from({ length: 90 }, (_, i) => row(`2026-11-${i}`))
  const { xAxis } = dailyOption(rows, labels, 'narrow') as {
    xAxis: { axisLabel: { interval: (index: number) => boolean } }
  }
  const shown = rows.map((_, index) => xAxis.axisLabel.interval(index))
  expect(shown.at(-1)).toBe(true)
  expect(shown.filter(Boolean)).toHaveLength(6)
})

const interval = (start: string, settled: boolean, lost: number): LostSalesInterval => ({
  start,
  settled,
  ...noFigures(),
  netLost: { amount: lost, low: lost, high: lost },
})

test('the loss before is a mark at its height, beside settled days only', () => {
  const rows = dailyRows(
    [interval('2026-11-03', true, 500), interval('2026-11-04', false, 800)],
    [interval('2026-11-01', true, 700), interval('2026-11-02', true, 900)],
  )
  expect(rows.map(({ before }) => before)).toEqual([{ start: '2026-11-01', lost: 700 }, null])
  const marks = seriesOf(rows).filter(({ id }) => id.endsWith('before'))
  const tops = rows.map((_, i) => marks.reduce((sum, { data }) => sum + Number(data[i] === '-' ? 0 : data[i]), 0))
  expect(tops).toEqual([700, 0])
  expect(tipOf(rows, 0)).toContain('Before, 2026-11-01<span class="value">¥7</span>')
  expect(tipOf(rows, 1)).not.toContain('Before')
})

test('without a comparison there are no marks', () => {
  expect(seriesOf([row('2026-11-01', { lost: 5 })]).map(({ id }) => id)).toEqual([...fates])
})
