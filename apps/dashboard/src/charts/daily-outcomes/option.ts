/** Stacked bars: how much money was refused in each interval, coloured by what became of it. Loss stands on the ground. */

import type { BarSeriesOption } from 'echarts/charts'
import { baseText, escaped, hatch, ink, type ChartOption, type Layout } from '#charts/chart-option.ts'
import { fates, type DailyRow, type Fate } from './rows.ts'

export interface DailyLabels {
  fates: Record<Fate, string>
  /** The loss of the interval before that this one is compared with. */
  before: (start: string) => string
  /** Of all of an interval's fates together. */
  total: string
  /** Said of an interval that is not settled yet. */
  unsettled: string
  /** `2026-11-05` or an hour → on the axis, and where there is room. */
  tick: (start: string) => string
  title: (start: string) => string
  axisMoney: (fen: number) => string
  money: (fen: number) => string
}

/** Lighter, and said in words beside the chart. */
export const unsettledOpacity = 0.5

export function dailyOption(rows: readonly DailyRow[], labels: DailyLabels, layout: Layout): ChartOption {
  return {
    textStyle: baseText,
    grid: { left: layout === 'narrow' ? 44 : 52, right: 4, top: 10, bottom: 24 },
    xAxis: {
      type: 'category',
      data: rows.map(({ start }) => start),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.rule } },
      axisLabel: { ...baseText, hideOverlap: true, formatter: labels.tick, interval: everyNth(rows, layout) },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      minInterval: 100,
      splitLine: { lineStyle: { color: ink.rule } },
      axisLabel: { ...baseText, formatter: labels.axisMoney },
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow', shadowStyle: { color: 'var(--pointer)' } },
      confine: true,
      className: 'chart-tip',
      formatter: (hovered) => {
        const [first] = Array.isArray(hovered) ? hovered : [hovered]
        const row = rows[first?.dataIndex ?? -1]
        return row === undefined ? '' : tip(row, labels)
      },
    },
    series: [...fateSeries(rows, labels), ...beforeSeries(rows)],
  }
}

const fateSeries = (rows: readonly DailyRow[], labels: DailyLabels): BarSeriesOption[] =>
  fates.map((fate) => ({
    id: fate,
    name: labels.fates[fate],
    type: 'bar',
    stack: 'fates',
    barCategoryGap: rows.length > 40 ? '15%' : '28%',
    barMaxWidth: 36,
    emphasis: { disabled: true },
    cursor: 'default',
    itemStyle: {
      color: `var(--${fate})`,
      ...(fate === 'unknown' && { decal: hatch }),
      ...(fate === 'open' && { borderColor: 'var(--hatch)', borderWidth: 1 }),
    },
    // Nothing is drawn for nothing: a picture of 90 days has a tenth of the parts.
    data: rows.map(({ fates: sums, settled }) =>
      sums[fate] === 0 ? '-' : { value: sums[fate], itemStyle: { opacity: settled ? 1 : unsettledOpacity } },
    ),
  }))

/** Of the axis, so that the mark is as thin on every scale. */
const markHeight = 0.014

/** A short line across each bar at the height of the loss before: a stack of its own in the same place, all but its top unseen. */
function beforeSeries(rows: readonly DailyRow[]): BarSeriesOption[] {
  if (rows.every(({ before }) => before === null)) return []
  const thickness = Math.max(...rows.map((row) => Math.max(totalOf(row), row.before?.lost ?? 0))) * markHeight
  const stacked = {
    type: 'bar',
    stack: 'before',
    barGap: '-100%',
    silent: true,
    cursor: 'default',
    barMaxWidth: 36,
  } as const
  const data = (of: (lost: number) => number) =>
    rows.map(({ before }) => (before === null || before.lost === 0 ? '-' : of(before.lost)))
  return [
    {
      ...stacked,
      id: 'below-before',
      itemStyle: { color: 'transparent' },
      data: data((lost) => Math.max(0, lost - thickness)),
    },
    {
      ...stacked,
      id: 'before',
      itemStyle: { color: 'var(--before)' },
      data: data((lost) => Math.min(lost, thickness)),
    },
  ]
}

/** About six labels on a phone and twelve on a desk, evenly spaced: hours from midnight on, days from the newest backwards. */
function everyNth(rows: readonly DailyRow[], layout: Layout): (index: number) => boolean {
  const first = rows[0]?.start ?? ''
  const days = first.includes('-') && !first.includes('T')
  const even = Math.max(1, Math.ceil(rows.length / (layout === 'narrow' ? 6 : 12)))
  // The hours of several days are named at midnight.
  const step = days || rows.length < 48 ? even : Math.ceil(even / 24) * 24
  return (index) => (days ? rows.length - 1 - index : index) % step === 0
}

export const totalOf = ({ fates: sums }: DailyRow): number => fates.reduce((sum, fate) => sum + sums[fate], 0)

function tip(row: DailyRow, labels: DailyLabels): string {
  const lines = fates
    .filter((fate) => row.fates[fate] > 0)
    .map((fate) => line(fate, labels.fates[fate], labels.money(row.fates[fate])))
  return [
    `<b>${escaped(labels.title(row.start))}</b>`,
    ...lines,
    line('total', labels.total, labels.money(totalOf(row))),
    row.before === null ? '' : line('before', labels.before(row.before.start), labels.money(row.before.lost)),
    row.settled ? '' : `<i>${escaped(labels.unsettled)}</i>`,
  ].join('')
}

const line = (kind: Fate | 'total' | 'before', name: string, value: string): string =>
  `<span class="line">${kind === 'total' ? '' : `<span class="swatch ${kind}"></span>`}${escaped(name)}<span class="value">${escaped(value)}</span></span>`
