/** A Sankey of every request for Huabei, in checkouts. The way of the loss runs along the top. */

import { baseText, escaped, hatch, ink, type ChartOption, type Layout } from '#charts/chart-option.ts'
import type { FlowNode, FlowRow } from './rows.ts'

export interface FlowLabels {
  node: (node: FlowNode) => string
  checkouts: (n: number) => string
  money: (fen: number) => string
}

const colours: Partial<Record<FlowNode, string>> = {
  'group:unsupported': 'var(--refused)',
  approved: 'var(--approved)',
  abandoned: 'var(--lost)',
  downsized: 'var(--lost)',
  unknown: 'var(--unknown)',
  open: 'var(--open)',
  deferred: 'var(--deferred)',
  recoveredOther: 'var(--recovered)',
  recoveredInWallet: 'var(--recovered)',
}
const colourOf = (node: FlowNode): string => colours[node] ?? 'var(--neutral)'

const column = (node: FlowNode): number => {
  if (node === 'attempted') return 0
  if (node === 'declined' || node === 'pending' || node === 'approved') return 1
  return node.startsWith('group:') ? 2 : 3
}

/** The height that the fullest column needs, so that labels never meet; on a phone they have two lines. */
export function flowHeight(rows: readonly FlowRow[], layout: Layout): number {
  const inColumn = [0, 0, 0, 0]
  for (const node of nodesOf(rows)) inColumn[column(node)] = (inColumn[column(node)] ?? 0) + 1
  return Math.max(layout === 'narrow' ? 380 : 320, Math.max(...inColumn) * (layout === 'narrow' ? 58 : 52))
}

export function flowOption(rows: readonly FlowRow[], labels: FlowLabels, layout: Layout): ChartOption {
  const narrow = layout === 'narrow'
  const sums = new Map(nodesOf(rows).map((node) => [node, throughOf(node, rows)]))
  return {
    textStyle: baseText,
    tooltip: {
      trigger: 'item',
      confine: true,
      className: 'chart-tip',
      formatter: (hovered) => {
        const data: unknown = (Array.isArray(hovered) ? hovered[0] : hovered)?.data
        return isLink(data) ? wayTip(data, labels) : nodeTip((data as FlowNodeDatum).name, sums, labels)
      },
    },
    series: [
      {
        id: 'flow',
        type: 'sankey',
        left: 1,
        right: narrow ? 94 : 200,
        top: 14,
        bottom: 14,
        nodeWidth: narrow ? 8 : 12,
        nodeGap: narrow ? 34 : 24,
        nodeAlign: 'left',
        layoutIterations: 0,
        draggable: false,
        cursor: 'default',
        emphasis: { disabled: true },
        lineStyle: { curveness: 0.5, opacity: 0.22 },
        label: {
          position: 'right',
          distance: 5,
          fontFamily: 'inherit',
          fontSize: narrow ? 11 : 13,
          lineHeight: narrow ? 14 : 17,
          color: ink.text,
          textBorderColor: ink.surface,
          textBorderWidth: 3,
          formatter: ({ name }) =>
            [labels.node(name as FlowNode), labels.checkouts(sums.get(name as FlowNode)?.checkouts ?? 0)].join(
              narrow ? '\n' : '  ',
            ),
        },
        data: [...sums.keys()].map((node) => ({
          name: node,
          depth: column(node),
          itemStyle: { color: colourOf(node), borderWidth: 0, ...(node === 'unknown' && { decal: hatch }) },
        })),
        links: rows.map(({ from, to, checkouts, amount }) => ({
          source: from,
          target: to,
          value: checkouts,
          amount,
          lineStyle: { color: colourOf(to) },
        })),
      },
    ],
  }
}

interface FlowLink {
  source: FlowNode
  target: FlowNode
  value: number
  amount: number
}

interface FlowNodeDatum {
  name: FlowNode
}

const isLink = (data: unknown): data is FlowLink => typeof data === 'object' && data !== null && 'source' in data

/** In the order they are stacked in: as the rows name them. */
function nodesOf(rows: readonly FlowRow[]): FlowNode[] {
  return [...new Set<FlowNode>(rows.flatMap(({ from, to }) => [from, to]))]
}

interface Through {
  checkouts: number
  amount: number
}

/** What flows into a node; for the first one, out of it. */
export function throughOf(node: FlowNode, rows: readonly FlowRow[]): Through {
  const ways = rows.filter(({ from, to }) => (node === 'attempted' ? from : to) === node)
  return {
    checkouts: ways.reduce((sum, { checkouts }) => sum + checkouts, 0),
    amount: ways.reduce((sum, { amount }) => sum + amount, 0),
  }
}

const wayTip = ({ source, target, value, amount }: FlowLink, labels: FlowLabels): string =>
  tip(`${labels.node(source)} → ${labels.node(target)}`, { checkouts: value, amount }, labels)

function nodeTip(node: FlowNode, sums: ReadonlyMap<FlowNode, Through>, labels: FlowLabels): string {
  const through = sums.get(node)
  return through === undefined ? '' : tip(labels.node(node), through, labels)
}

const tip = (title: string, { checkouts, amount }: Through, labels: FlowLabels): string =>
  `<b>${escaped(title)}</b><span class="line">${escaped(labels.checkouts(checkouts))}<span class="value">${escaped(labels.money(amount))}</span></span>`
