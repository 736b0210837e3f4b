/** How keys go from mark to mark of a living chart, and show what a pointer would be shown there. */

import type { ECharts } from 'echarts/core'
import type { ChartOption } from './chart-option.ts'

/** Which mark: so many to the right, so many down. */
export interface Place {
  column: number
  row: number
}

/** How many marks there are in each direction. */
export interface Field {
  columns: number
  rows: number
}

const far = Number.MAX_SAFE_INTEGER
const steps: Partial<Record<string, Place>> = {
  ArrowLeft: { column: -1, row: 0 },
  ArrowRight: { column: 1, row: 0 },
  ArrowUp: { column: 0, row: -1 },
  ArrowDown: { column: 0, row: 1 },
  Home: { column: -far, row: -far },
  End: { column: far, row: far },
}

/** Where a key leads; undefined where it leads nowhere, and is the page's, which may scroll by it. */
export function placeAfter(key: string, from: Place, { columns, rows }: Field): Place | undefined {
  const step = steps[key]
  if (step === undefined) return undefined
  const column = within(from.column + step.column, columns)
  const row = within(from.row + step.row, rows)
  return column === from.column && row === from.row ? undefined : { column, row }
}

const within = (index: number, length: number): number => Math.max(0, Math.min(length - 1, index))

/** Bars that share a tooltip are one mark: in a row, or below each other. Others are one by one, a series in a row. */
export function fieldOf(option: ChartOption): Field {
  const series = [option.series ?? []].flat()
  const marks = series[0]?.data?.length ?? 0
  if (!isByAxis(option)) return { columns: marks, rows: series.length }
  return isLying(option) ? { columns: 1, rows: marks } : { columns: marks, rows: 1 }
}

export function showMark(chart: ECharts, option: ChartOption, { column, row }: Place): void {
  if (!isByAxis(option)) {
    chart.dispatchAction({ type: 'showTip', seriesIndex: row, dataIndex: column })
    return
  }
  const [x, y] = isLying(option)
    ? [chart.getWidth() / 2, chart.convertToPixel({ yAxisIndex: 0 }, row)]
    : [chart.convertToPixel({ xAxisIndex: 0 }, column), chart.getHeight() / 2]
  chart.dispatchAction({ type: 'showTip', x, y })
}

/** The tooltip, and the shadow behind the mark. */
export function showNone(chart: ECharts | undefined): void {
  chart?.dispatchAction({ type: 'hideTip' })
  chart?.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'leave' })
}

const isByAxis = ({ tooltip }: ChartOption): boolean => [tooltip ?? []].flat()[0]?.trigger === 'axis'

const isLying = ({ yAxis }: ChartOption): boolean => [yAxis ?? []].flat()[0]?.type === 'category'
