/** How keys go from mark to mark of a living chart, and show what a pointer would be shown there. */

import type { SankeySeriesOption } from 'echarts/charts'
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

/**
 * Bars that share a tooltip are one mark: in a row, or below each other. Others are one by one, a series in a row; nodes and what
 * flows between them are one row.
 */
export function fieldOf(option: ChartOption): Field {
  const flow = flowOf(option)
  if (flow !== undefined) return { columns: flowMarks(flow).length, rows: 1 }
  const series = [option.series ?? []].flat()
  const marks = series[0]?.data?.length ?? 0
  if (!isByAxis(option)) return { columns: marks, rows: series.length }
  return isLying(option) ? { columns: 1, rows: marks } : { columns: marks, rows: 1 }
}

interface FlowMark {
  kind: 'node' | 'flow'
  index: number
}

/** Each node, and after it what flows out of it. */
export function flowMarks({ data = [], links = [] }: Pick<SankeySeriesOption, 'data' | 'links'>): FlowMark[] {
  return data.flatMap(({ name }, index): FlowMark[] => [
    { kind: 'node', index },
    ...links.flatMap(({ source }, index): FlowMark[] => (source === name ? [{ kind: 'flow', index }] : [])),
  ])
}

export function showMark(chart: ECharts, option: ChartOption, { column, row }: Place): void {
  const flow = flowOf(option)
  if (flow !== undefined) {
    const { kind, index } = flowMarks(flow)[column] ?? { kind: 'node', index: 0 }
    if (kind === 'flow') pointAtFlow(chart, index)
    else chart.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: index })
    return
  }
  if (!isByAxis(option)) {
    chart.dispatchAction({ type: 'showTip', seriesIndex: row, dataIndex: column })
    return
  }
  const [x, y] = isLying(option)
    ? [chart.getWidth() / 2, chart.convertToPixel({ yAxisIndex: 0 }, row)]
    : [chart.convertToPixel({ xAxisIndex: 0 }, column), chart.getHeight() / 2]
  chart.dispatchAction({ type: 'showTip', x, y })
}

/** `showTip` takes every index for a node's, so the flow is pointed at as by a mouse: in its middle. */
function pointAtFlow(chart: ECharts, index: number): void {
  const drawing = chart.getZr()
  // Nodes are rectangles, labels are text.
  const flow = drawing.storage.getDisplayList(true).filter(({ type }) => type === 'path')[index]
  if (flow === undefined) return
  const { x, y, width, height } = flow.getBoundingRect()
  const [offsetX, offsetY] = flow.transformCoordToGlobal(x + width / 2, y + height / 2)
  drawing.trigger('mousemove', { target: flow, offsetX, offsetY })
}

/** The tooltip, and the shadow behind the mark. */
export function showNone(chart: ECharts | undefined): void {
  chart?.dispatchAction({ type: 'hideTip' })
  chart?.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'leave' })
}

const isByAxis = ({ tooltip }: ChartOption): boolean => [tooltip ?? []].flat()[0]?.trigger === 'axis'

function flowOf({ series }: ChartOption): SankeySeriesOption | undefined {
  const [first] = [series ?? []].flat()
  return first?.type === 'sankey' ? first : undefined
}

const isLying = ({ yAxis }: ChartOption): boolean => [yAxis ?? []].flat()[0]?.type === 'category'
