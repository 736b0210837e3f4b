/**
 * The one file that starts ECharts: on the server for a still picture that needs no script, in the browser to bring that
 * picture to life. The browser loads ECharts only when somebody reaches for a chart, or when its numbers change.
 */

import type { ECharts } from 'echarts/core'
import type { Action } from 'svelte/action'
import type { ChartOption, Layout } from './chart-option.ts'

const onServer = import.meta.env.SSR ? await import('./registered.ts') : undefined

let drawn = 0

/** One SVG, drawn in CSS custom properties, so that it follows the page from light to dark. */
export function renderToSvg(option: ChartOption, { width, height }: { width: number; height: number }): string {
  if (onServer === undefined) throw new Error('still pictures are drawn on the server')
  const chart = onServer.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ ...option, animation: false })
    return inert(chart.renderToSVGString({ useViewBox: true }))
  } finally {
    chart.dispose()
  }
}

/** What only a living chart needs is taken out; ids are made unique on the page, where several drawings stand side by side. */
function inert(svg: string): string {
  drawn = (drawn + 1) % 1_000_000
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(
      / (?:class="zr\d+-cls-\d+"|ecmeta_\w+="[^"]*"|xmlns:xlink="[^"]*"|baseProfile="full"|version="1\.1"|pointer-events="visible")/g,
      '',
    )
    .replace(/ style="font-size:(\d+)px;font-family:inherit;(font-weight:bold;)?"/g, (_, size, bold) =>
      bold === undefined ? ` font-size="${size}"` : ` font-size="${size}" font-weight="600"`,
    )
    .replace(/\bzr\d+-/g, `still${drawn}-`)
    .replace(/\n+/g, '')
    .replace(/^<svg width="\d+" height="\d+"/, '<svg aria-hidden="true" focusable="false"')
}

/** Narrower than this, a chart is drawn for a phone. The same width stands in Chart.svelte. */
const wideFrom = 560

/** Brings the still picture in `node` to life. Where there is none (the page was opened from another), it begins alive. */
export const interactive: Action<HTMLElement, Record<Layout, ChartOption>> = (node, options) => {
  let current = options
  let chart: ECharts | undefined
  let begun = false
  let gone = false

  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const draw = (animation: boolean): void => {
    const layout: Layout = node.clientWidth < wideFrom ? 'narrow' : 'wide'
    chart?.setOption({ ...current[layout], animation: animation && !calm }, { replaceMerge: ['series'] })
  }
  /** Its own measure is written on the picture, so that paper and files can scale it. */
  const fit = (): void => {
    chart?.resize()
    draw(false)
    node
      .querySelector('.stage svg')
      ?.setAttribute('viewBox', `0 0 ${String(chart?.getWidth())} ${String(chart?.getHeight())}`)
  }
  const sizes = new ResizeObserver(fit)

  const begin = async (at?: PointerEvent): Promise<void> => {
    if (begun) return
    begun = true
    const { init } = await import('./registered.ts')
    if (gone) return
    const stage = document.createElement('div')
    stage.className = 'stage'
    node.append(stage)
    chart = init(stage, null, { renderer: 'svg' })
    fit()
    node.dataset['alive'] = ''
    sizes.observe(node)
    if (at === undefined) return
    const { left, top } = node.getBoundingClientRect()
    chart.dispatchAction({ type: 'showTip', x: at.clientX - left, y: at.clientY - top })
  }

  const reached = (event: PointerEvent): void => void begin(event)
  node.addEventListener('pointerenter', reached, { once: true })
  node.addEventListener('pointerdown', reached, { once: true })
  if (node.querySelector('svg') === null) void begin()

  return {
    update(next) {
      current = next
      if (chart === undefined) void begin()
      else draw(true)
    },
    destroy() {
      gone = true
      sizes.disconnect()
      node.removeEventListener('pointerenter', reached)
      node.removeEventListener('pointerdown', reached)
      chart?.dispose()
    },
  }
}
