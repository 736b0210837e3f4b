import type { FirmwareCell } from '@tillsight/shared/metrics/compatibility.ts'
import { expect, test } from 'vitest'
import { fortunes, modelRows } from './rows.ts'

const cell = (model: string, firmware: string, more: Partial<FirmwareCell> = {}): FirmwareCell => ({
  ...{
    model,
    firmware,
    terminals: 1,
    merchants: 1,
    checkouts: 100,
    approved: 40,
    failed: 50,
    netLost: 0,
    technicalLost: 0,
  },
  unsupported: { checkouts: 50, amount: 0 },
  technical: { checkouts: 30, amount: 0 },
  ...more,
})

test('every decided checkout has one fortune, and they add up', () => {
  const [row] = modelRows([cell('A', '1')])[0]?.firmwares ?? []
  expect(row?.fortunes).toEqual({ approved: 40, technical: 30, unsupported: 20, other: 10 })
  expect(fortunes.reduce((sum, fortune) => sum + (row?.fortunes[fortune] ?? 0), 0)).toBe(row?.checkouts)
})

test('the model that loses most comes first, its busiest firmware on top', () => {
  const rows = modelRows([
    cell('A', '1', { netLost: 5 }),
    cell('B', '1', { netLost: 9, checkouts: 60 }),
    cell('B', '2'),
  ])
  expect(rows.map(({ model, lost }) => [model, lost])).toEqual([
    ['B', 9],
    ['A', 5],
  ])
  expect(rows[0]?.firmwares.map(({ firmware }) => firmware)).toEqual(['2', '1'])
})

test('few checkouts are said to be few', () => {
  const [model] = modelRows([cell('A', '1', { checkouts: 19 }), cell('A', '2', { checkouts: 20 })])
  expect(model?.firmwares.map(({ isFew }) => isFew)).toEqual([false, true])
})
