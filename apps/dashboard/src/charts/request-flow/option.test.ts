import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { expect, test } from 'vitest'
import { flowHeight, flowOption, throughOf, type FlowLabels } from './option.ts'
import { flowRows, type FlowNode } from './rows.ts'

const v = (checkouts: number) => ({ checkouts, amount: checkouts * 1000 })
const sales: Pick<LostSales, 'totals' | 'reasons'> = {
  totals: {
    attempted: v(100),
    approved: v(40),
    pending: v(0),
    declined: v(60),
    unsupported: v(50),
    unmapped: v(1),
    outcomes: {
      recoveredInWallet: v(20),
      recoveredOther: v(12),
      downsized: { ...v(3), paid: 1000 },
      deferred: v(2),
      abandoned: v(8),
      open: v(1),
      unknown: v(4),
    },
    netLost: { amount: 10_000, low: 6000, high: 14_000 },
    abandonmentRate: { value: 0.2, low: 0.1, high: 0.3, checkouts: 45 },
  },
  reasons: [
    { reason: 'TECH_NO_SUPPORT', group: 'unsupported', ...v(30), netLost: { amount: 10_000 } },
    { reason: 'NO_AGREEMENT', group: 'unsupported', ...v(20), netLost: { amount: 0 } },
    { reason: 'BUYER_CREDIT', group: 'buyer', ...v(6), netLost: null },
    { reason: 'BUYER_ACCOUNT', group: 'buyer', ...v(3), netLost: null },
    { reason: 'UNMAPPED', group: 'unknown', ...v(1), netLost: null },
  ],
}

const labels: FlowLabels = { node: (node) => node, checkouts: String, money: (fen) => `¥${fen / 100}` }

interface SankeySeries {
  data: { name: FlowNode; depth: number }[]
  links: { source: FlowNode; target: FlowNode; value: number }[]
  label: { formatter: (node: { name: string }) => string }
}
const seriesOf = (rows = flowRows(sales)): SankeySeries => {
  const [series] = flowOption(rows, labels, 'narrow').series as unknown as SankeySeries[]
  if (series === undefined) throw new Error('no series')
  return series
}

test('what flows into a node flows out of it', () => {
  const rows = flowRows(sales)
  const out = (node: FlowNode) =>
    rows.filter(({ from }) => from === node).reduce((sum, { checkouts }) => sum + checkouts, 0)
  for (const node of ['declined', 'group:unsupported'] as const) expect(out(node)).toBe(throughOf(node, rows).checkouts)
  expect(out('attempted')).toBe(100)
})

test('ways that nobody took are not drawn', () => {
  expect(flowRows(sales).some(({ to }) => to === 'pending')).toBe(false)
})

test('reasons of one group flow together', () => {
  expect(throughOf('group:buyer', flowRows(sales)).checkouts).toBe(9)
})

test('every node says how many checkouts went through it', () => {
  const { data, label } = seriesOf()
  expect(data.map(({ name }) => label.formatter({ name }))).toContain('group:unsupported\n50')
  expect(label.formatter({ name: 'attempted' })).toBe('attempted\n100')
})

test('every link joins two nodes that are there, from left to right', () => {
  const { data, links } = seriesOf()
  const depths = new Map(data.map(({ name, depth }) => [name, depth]))
  for (const { source, target } of links) {
    expect(depths.get(target)).toBe((depths.get(source) ?? Number.NaN) + 1)
  }
})

test('a phone’s picture is tall enough for every label of the fullest column', () => {
  expect(flowHeight(flowRows(sales), 'narrow')).toBeGreaterThanOrEqual(7 * 50)
})

test('a range without requests draws nothing and does not fail', () => {
  expect(seriesOf([]).data).toEqual([])
})
