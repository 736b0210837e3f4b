/** What a panel hands to ECharts, for each of the two widths that charts are drawn for. */

import type { BarSeriesOption, SankeySeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'

export type ChartOption = ComposeOption<
  BarSeriesOption | SankeySeriesOption | GridComponentOption | TooltipComponentOption
>

export type Layout = 'narrow' | 'wide'

/** What a panel hands to its frame to be drawn. */
export interface ChartProps {
  /** What the picture shows, for those who can't see it. The numbers are in the table beside it. */
  label: string
  options: Record<Layout, ChartOption>
  heights: Record<Layout, number>
}

/** In SVG units. The still picture is scaled to the width it is given. */
export const layoutWidth: Record<Layout, number> = { narrow: 360, wide: 760 }

/** Colours are CSS custom properties, see app.css: one drawing serves light and dark. */
export const ink = {
  text: 'var(--text)',
  muted: 'var(--muted)',
  rule: 'var(--rule)',
  surface: 'var(--surface)',
} as const

export const baseText = { fontFamily: 'inherit', fontSize: 12, color: ink.muted } as const

type Hatch = Exclude<NonNullable<NonNullable<BarSeriesOption['itemStyle']>['decal']>, 'none'>

/** For what nobody knows: never told by colour alone. Drawn over its own colour. */
export const hatch: Hatch = {
  symbol: 'rect',
  color: 'var(--hatch)',
  dashArrayX: [1, 0],
  dashArrayY: [2, 4],
  rotation: -Math.PI / 4,
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For text in a tooltip, which ECharts takes as HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
