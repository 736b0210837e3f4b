/** A week of hours as a field of cells, the stronger in colour the more was lost. Bars of one height, stacked: no series of its own to load. */

import { baseText, escaped, ink, type ChartOption, type Layout } from '#charts/chart-option.ts'
import { weekdays, type HeatRow, type Weekday } from './rows.ts'

export interface HeatLabels {
  weekday: (weekday: Weekday) => string
  hour: (hour: number) => string
  checkouts: (n: number) => string
  money: (fen: number) => string
}

/** Few steps: an eye tells no more apart. */
const steps = 5
const weakest = 0.22

/** How strong the colour, 0 to 1; 0 where nothing was lost. @param most the largest loss of an hour. */
export function strength(lost: number, most: number): number {
  if (lost === 0) return 0
  const step = Math.ceil((lost / most) * steps)
  return weakest + ((1 - weakest) * (step - 1)) / (steps - 1)
}

export function heatOption(rows: readonly HeatRow[], labels: HeatLabels, layout: Layout): ChartOption {
  const most = Math.max(...rows.map(({ lost }) => lost))
  const hours = Array.from({ length: 24 }, (_, hour) => hour)
  return {
    textStyle: baseText,
    grid: { left: layout === 'narrow' ? 36 : 48, right: 4, top: 4, bottom: 24 },
    xAxis: {
      type: 'category',
      data: hours.map(labels.hour),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...baseText, interval: layout === 'narrow' ? 5 : 2 },
    },
    yAxis: {
      type: 'value',
      inverse: true,
      min: 0,
      max: weekdays.length,
      // A tick in the middle of each row, for its name.
      interval: 0.5,
      splitLine: { show: false },
      axisLabel: {
        ...baseText,
        formatter: (at: number) => {
          const weekday = at % 1 === 0 ? undefined : weekdays[Math.floor(at)]
          return weekday === undefined ? '' : labels.weekday(weekday)
        },
      },
    },
    tooltip: {
      trigger: 'item',
      confine: true,
      className: 'chart-tip',
      formatter: (hovered) => {
        const { seriesIndex = 0, dataIndex = 0 } = Array.isArray(hovered) ? (hovered[0] ?? {}) : hovered
        const row = rows[seriesIndex * 24 + dataIndex]
        return row === undefined ? '' : tip(row, labels)
      },
    },
    series: weekdays.map((weekday) => ({
      id: weekday,
      type: 'bar',
      stack: 'week',
      barCategoryGap: '0%',
      emphasis: { disabled: true },
      cursor: 'default',
      data: rows
        .filter((row) => row.weekday === weekday)
        .map(({ lost }) => ({
          value: 1,
          itemStyle: {
            color: lost === 0 ? 'var(--sunken)' : 'var(--lost)',
            opacity: lost === 0 ? 1 : strength(lost, most),
            borderColor: ink.surface,
            borderWidth: 1,
          },
        })),
    })),
  }
}

const tip = ({ weekday, hour, checkouts, lost }: HeatRow, labels: HeatLabels): string =>
  `<b>${escaped(`${labels.weekday(weekday)} ${labels.hour(hour)}`)}</b><span class="line">${escaped(labels.checkouts(checkouts))}<span class="value">${escaped(labels.money(lost))}</span></span>`
