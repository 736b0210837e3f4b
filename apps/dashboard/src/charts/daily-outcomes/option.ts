/** Stacked bars: how much money was refused in each interval, coloured by what became of it. Loss stands on the ground. */

import { baseText, escaped, hatch, ink, type ChartOption, type Layout } from '#charts/chart-option.ts'
import { fates, type DailyRow, type Fate } from './rows.ts'

export interface DailyLabels {
  fates: Record<Fate, string>
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
    series: fates.map((fate) => ({
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
    })),
  }
}

/** About six labels on a phone and twelve on a desk, evenly spaced: hours from midnight on, days from the newest backwards. */
function everyNth(rows: readonly DailyRow[], layout: Layout): (index: number) => boolean {
  const step = Math.max(1, Math.ceil(rows.length / (layout === 'narrow' ? 6 : 12)))
  const hours = rows[0]?.start.includes('T') === true
  return (index) => (hours ? index : rows.length - 1 - index) % step === 0
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
    row.settled ? '' : `<i>${escaped(labels.unsettled)}</i>`,
  ].join('')
}

const line = (kind: Fate | 'total', name: string, value: string): string =>
  `<span class="line">${kind === 'total' ? '' : `<span class="swatch ${kind}"></span>`}${escaped(name)}<span class="value">${escaped(value)}</span></span>`
