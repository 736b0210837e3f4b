/**
 * The one file that starts ECharts: on the server for a still picture that needs no script, in the browser to bring that
 * picture to life. The browser loads ECharts only when somebody reaches for a chart, or when its numbers change.
 */

import type { ECharts } from 'echarts/core'
import type { Action } from 'svelte/action'
import { fieldOf, placeAfter, showMark, showNone } from './arrow-keys.ts'
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
  let beginning: Promise<void> | undefined
  let gone = false

  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const shown = (): ChartOption => current[node.clientWidth < wideFrom ? 'narrow' : 'wide']
  const draw = (animation: boolean): void =>
    chart?.setOption({ ...shown(), animation: animation && !calm }, { replaceMerge: ['series'] })
  /** Its own measure is written on the picture, so that paper and files can scale it. */
  const fit = (): void => {
    chart?.resize()
    draw(false)
    node
      .querySelector('.stage svg')
      ?.setAttribute('viewBox', `0 0 ${String(chart?.getWidth())} ${String(chart?.getHeight())}`)
  }
  const sizes = new ResizeObserver(fit)

  const start = async (): Promise<void> => {
    const { init } = await import('./registered.ts')
    if (gone) return
    const stage = document.createElement('div')
    stage.className = 'stage'
    node.append(stage)
    chart = init(stage, null, { renderer: 'svg' })
    fit()
    node.dataset['alive'] = ''
    sizes.observe(node)
  }
  const begin = (): Promise<void> => (beginning ??= start())

  const reached = async ({ clientX, clientY }: PointerEvent): Promise<void> => {
    if (beginning !== undefined) return
    await begin()
    const { left, top } = node.getBoundingClientRect()
    chart?.dispatchAction({ type: 'showTip', x: clientX - left, y: clientY - top })
  }

  let place = { column: 0, row: 0 }
  const focused = async (): Promise<void> => {
    await begin()
    // By a key and not by a press: a pointer is shown what it is at.
    if (chart !== undefined && node.matches(':focus-visible')) showMark(chart, shown(), place)
  }
  const pressed = (event: KeyboardEvent): void => {
    if (chart === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Escape') showNone(chart)
    const next = placeAfter(event.key, place, fieldOf(shown()))
    if (next === undefined) return
    event.preventDefault()
    place = next
    showMark(chart, shown(), place)
  }

  const heard = new AbortController()
  const { signal } = heard
  node.addEventListener('pointerenter', (event) => void reached(event), { once: true, signal })
  node.addEventListener('pointerdown', (event) => void reached(event), { once: true, signal })
  node.addEventListener('focus', () => void focused(), { signal })
  node.addEventListener('keydown', pressed, { signal })
  node.addEventListener('blur', () => showNone(chart), { signal })
  // Only now: without script there would be nothing to stop at.
  node.tabIndex = 0
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
      heard.abort()
      chart?.dispose()
    },
  }
}
