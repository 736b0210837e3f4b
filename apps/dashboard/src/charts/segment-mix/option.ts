/** Two bars for each segment, side by side: its share of all checkouts, and of the refused ones. */

import { baseText, escaped, ink, type ChartOption, type Layout } from '#charts/chart-option.ts'
import { isSure, type SegmentRow } from './rows.ts'

export interface MixLabels {
  segment: (segment: string) => string
  all: string
  refused: string
  share: (share: number) => string
  /** What the difference comes to, in words. */
  verdict: (row: SegmentRow) => string
}

/** Lighter, and said in words beside the chart. */
export const unsureOpacity = 0.45

const rowHeight: Record<Layout, number> = { narrow: 50, wide: 54 }
/** The longest is "Afternoon (14–17)". */
const nameWidth = 132

export const mixHeight = (rows: readonly SegmentRow[], layout: Layout): number => rows.length * rowHeight[layout] + 8

export function mixOption(rows: readonly SegmentRow[], labels: MixLabels): ChartOption {
  const bars = (id: string, name: string, color: string, share: (row: SegmentRow) => number) => ({
    id,
    name,
    type: 'bar' as const,
    barMaxWidth: 14,
    barGap: '15%',
    barCategoryGap: '32%',
    emphasis: { disabled: true },
    cursor: 'default',
    itemStyle: { color },
    label: {
      ...baseText,
      show: true,
      position: 'right' as const,
      opacity: 1,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const row = rows[dataIndex]
        return row === undefined ? '' : labels.share(share(row))
      },
    },
    data: rows.map((row) => ({ value: share(row), itemStyle: { opacity: isSure(row) ? 1 : unsureOpacity } })),
  })
  return {
    textStyle: baseText,
    grid: { left: nameWidth, right: 44, top: 0, bottom: 8 },
    xAxis: { type: 'value', min: 0, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ segment }) => segment),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.rule } },
      axisLabel: { ...baseText, color: ink.text, formatter: labels.segment },
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
    series: [
      bars('all', labels.all, 'var(--neutral)', ({ ofAll }) => ofAll),
      bars('refused', labels.refused, 'var(--lost)', ({ ofRefused }) => ofRefused ?? 0),
    ],
  }
}

const tip = (row: SegmentRow, labels: MixLabels): string =>
  [
    `<b>${escaped(labels.segment(row.segment))}</b>`,
    line('comes', labels.all, labels.share(row.ofAll)),
    line('lost', labels.refused, row.ofRefused === null ? '–' : labels.share(row.ofRefused)),
    `<i>${escaped(labels.verdict(row))}</i>`,
  ].join('')

const line = (swatch: string, name: string, value: string): string =>
  `<span class="line"><span class="swatch ${swatch}"></span>${escaped(name)}<span class="value">${escaped(value)}</span></span>`
