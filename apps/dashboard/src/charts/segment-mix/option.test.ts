import { expect, test } from 'vitest'
import { mixOption, unsureOpacity, type MixLabels } from './option.ts'
import type { SegmentRow } from './rows.ts'

const labels: MixLabels = {
  segment: (segment) => `<${segment}>`,
  all: 'All',
  refused: 'Refused',
  share: (share) => `${share * 100}%`,
  verdict: ({ verdict }) => verdict,
}

const row = (segment: string, verdict: SegmentRow['verdict'], ofRefused: number | null = 0.5): SegmentRow => ({
  ...{ segment, verdict, ofRefused, ofAll: 0.25, checkouts: 100, refused: 50, lost: 1, index: 2, low: 1.5, high: 2.5 },
})

interface Drawn {
  series: { id: string; data: { value: number; itemStyle: { opacity: number } }[] }[]
  tooltip: { formatter: (hovered: unknown) => string }
}
const drawn = (rows: SegmentRow[]) => mixOption(rows, labels) as unknown as Drawn

test('every segment has its share of all beside its share of the refused', () => {
  const { series } = drawn([row('18-24', 'more')])
  expect(series.map(({ id, data }) => [id, data[0]?.value])).toEqual([
    ['all', 0.25],
    ['refused', 0.5],
  ])
})

test('what is not certain is drawn lighter', () => {
  const rows = (['more', 'less', 'alike', 'few', 'untold'] as const).map((verdict) => row(verdict, verdict))
  for (const { data } of drawn(rows).series) {
    const pale = unsureOpacity
    expect(data.map(({ itemStyle }) => itemStyle.opacity)).toEqual([1, 1, pale, pale, pale])
  }
})

test('the tooltip says in words what the difference comes to, and names are escaped', () => {
  const tip = drawn([row('18-24', 'more')]).tooltip.formatter([{ dataIndex: 0 }])
  expect(tip).toContain('<b>&lt;18-24&gt;</b>')
  expect(tip).toContain('<i>more</i>')
})
