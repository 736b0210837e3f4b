import { expect, test } from 'vitest'
import { fieldOf, flowMarks, placeAfter } from './arrow-keys.ts'

const week = { columns: 24, rows: 7 }

test('arrows go to the next mark, and Home and End to the first and the last', () => {
  const from = { column: 3, row: 2 }
  expect(placeAfter('ArrowRight', from, week)).toEqual({ column: 4, row: 2 })
  expect(placeAfter('ArrowUp', from, week)).toEqual({ column: 3, row: 1 })
  expect(placeAfter('Home', from, week)).toEqual({ column: 0, row: 0 })
  expect(placeAfter('End', from, week)).toEqual({ column: 23, row: 6 })
})

test('a key that leads nowhere is left to the page', () => {
  expect(placeAfter('ArrowLeft', { column: 0, row: 2 }, week)).toBeUndefined()
  expect(placeAfter('ArrowDown', { column: 3, row: 0 }, { columns: 30, rows: 1 })).toBeUndefined()
  expect(placeAfter('Tab', { column: 3, row: 2 }, week)).toBeUndefined()
})

test('bars under one tooltip are one mark, in the direction of their axis; others are one by one', () => {
  const bars = { type: 'bar' as const, data: [1, 2, 3] }
  const tooltip = { trigger: 'axis' as const }
  expect(fieldOf({ tooltip, xAxis: { type: 'category' }, series: [bars, bars] })).toEqual({ columns: 3, rows: 1 })
  expect(fieldOf({ tooltip, yAxis: { type: 'category' }, series: [bars, bars] })).toEqual({ columns: 1, rows: 3 })
  expect(fieldOf({ tooltip: { trigger: 'item' }, series: [bars, bars] })).toEqual({ columns: 3, rows: 2 })
})

test('each node is followed by what flows out of it', () => {
  const flow = {
    type: 'sankey' as const,
    data: [{ name: 'asked' }, { name: 'refused' }, { name: 'paid' }, { name: 'left' }],
    links: [
      { source: 'asked', target: 'refused' },
      { source: 'refused', target: 'left' },
      { source: 'asked', target: 'paid' },
    ],
  }
  const marks = flowMarks(flow).map(({ kind, index }) => `${kind} ${index}`)
  expect(marks).toEqual(['node 0', 'flow 0', 'flow 2', 'node 1', 'flow 1', 'node 2', 'node 3'])
  expect(fieldOf({ series: [flow] })).toEqual({ columns: 7, rows: 1 })
})
