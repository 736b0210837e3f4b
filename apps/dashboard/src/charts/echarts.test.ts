import { expect, test } from 'vitest'
import { hatch, type ChartOption } from './chart-option.ts'
import { renderToSvg } from './echarts.ts'

const option: ChartOption = {
  xAxis: { type: 'category', data: ['<b>'] },
  yAxis: { type: 'value' },
  series: [{ type: 'bar', data: [3], itemStyle: { color: 'var(--loss)', decal: hatch } }],
}
const svg = () => renderToSvg(option, { width: 360, height: 200 })

test('a still picture scales, and is drawn in the colours of the page', () => {
  expect(svg()).toMatch(/^<svg[^>]* viewBox="0 0 360 200"/)
  expect(svg()).toContain('fill="var(--loss)"')
})

test('a still picture carries no style that a content security policy would stop', () => {
  expect(svg()).not.toMatch(/<style|<script/)
})

test('labels are text, never markup', () => {
  expect(svg()).toContain('&lt;b&gt;')
})

test('two pictures on one page do not share a pattern', () => {
  const ids = (text: string) => [...text.matchAll(/id="([^"]+)"/g)].map(([, id]) => id)
  const first = ids(svg())
  expect(first.length).toBeGreaterThan(0)
  for (const id of ids(svg())) expect(first).not.toContain(id)
})
