/** Stacked bars: the terminals of each day by their Huabei state. What is open stands on the ground. */

import { baseText, escaped, hatch, ink, type ChartOption, type Layout } from '#charts/chart-option.ts'
import { fleetStates, type FleetState, type StateRow } from './rows.ts'

export interface StateLabels {
  states: Record<FleetState, string>
  /** Of a day's terminals together, and those with an approved payment lately. */
  terminals: string
  active: string
  tick: (day: string) => string
  title: (day: string) => string
  count: (n: number) => string
}

export function statesOption(rows: readonly StateRow[], labels: StateLabels, layout: Layout): ChartOption {
  const step = Math.max(1, Math.ceil(rows.length / (layout === 'narrow' ? 6 : 12)))
  return {
    textStyle: baseText,
    grid: { left: layout === 'narrow' ? 44 : 56, right: 4, top: 10, bottom: 24 },
    xAxis: {
      type: 'category',
      data: rows.map(({ day }) => day),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink.rule } },
      axisLabel: {
        ...baseText,
        hideOverlap: true,
        formatter: labels.tick,
        interval: (index: number) => (rows.length - 1 - index) % step === 0,
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      minInterval: 1,
      splitLine: { lineStyle: { color: ink.rule } },
      axisLabel: { ...baseText, formatter: labels.count },
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
    series: fleetStates.map((state) => ({
      id: state,
      name: labels.states[state],
      type: 'bar',
      stack: 'states',
      barCategoryGap: rows.length > 40 ? '8%' : '20%',
      barMaxWidth: 36,
      emphasis: { disabled: true },
      cursor: 'default',
      itemStyle: { color: `var(--state-${state})`, ...(state === 'unknown' && { decal: hatch }) },
      // Nothing is drawn for nothing.
      data: rows.map(({ states }) => (states[state] === 0 ? '-' : states[state])),
    })),
  }
}

function tip({ day, states, terminals, active }: StateRow, labels: StateLabels): string {
  return [
    `<b>${escaped(labels.title(day))}</b>`,
    ...fleetStates
      .filter((state) => states[state] > 0)
      .map((state) =>
        line(`<span class="swatch state-${state}"></span>`, labels.states[state], labels.count(states[state])),
      ),
    line('', labels.terminals, labels.count(terminals)),
    line('', labels.active, labels.count(active)),
  ].join('')
}

const line = (mark: string, name: string, value: string): string =>
  `<span class="line">${mark}${escaped(name)}<span class="value">${escaped(value)}</span></span>`
