import { expect, test } from 'vitest'
import type { TerminalUse } from './compatibility.ts'
import { incapableModels } from './incapable-models.ts'

interface Told {
  checkouts?: number
  approved?: number
  /** Declined for a reason that is none of the customer's. */
  failed?: number
  technical?: number
  shops?: number
}

/** At each of ten shops: all ten checkouts refused for a technical reason, if not told otherwise. */
function shops(model: string, firmware: string, told: Told = {}): TerminalUse[] {
  const { checkouts = 10, approved = 0, failed = checkouts - approved, technical = failed } = told
  return Array.from({ length: told.shops ?? 10 }, (_, i) => ({
    ...{ merchantNo: `shop ${i}`, terminalNo: '00000001', model, firmware, days: [], checkouts, approved, failed },
    ...{ unsupported: { checkouts: failed, amount: 0 }, technical: { checkouts: technical, amount: 0 } },
    ...{ netLost: 0, technicalLost: technical * 10 },
  }))
}
const models = (...uses: TerminalUse[][]) => incapableModels(uses.flat()).map(({ model }) => model)

test('a model none of whose firmwares takes Huabei is listed, with its count and its loss', () => {
  expect(incapableModels([...shops('A', '1.10'), ...shops('A', '1.9'), ...shops('A', 'unknown')])).toEqual([
    {
      ...{ model: 'A', firmwares: ['1.9', '1.10'], terminals: 10, merchants: 10 },
      ...{ checkouts: 300, technical: 300, technicalLost: 3_000 },
    },
  ])
  expect(models(shops('A', '1'), shops('B', '1'), shops('B', '2'))).toEqual(['B', 'A'])
})

test('a single payment, or one that the customer’s account refused, shows that it can', () => {
  expect(models(shops('A', '1'), shops('A', '2', { checkouts: 1, approved: 1, shops: 1 }))).toEqual([])
  expect(models(shops('A', '1'), shops('A', '2', { checkouts: 1, failed: 0, shops: 1 }))).toEqual([])
})

test('a firmware that is refused for the lack of a contract may well be able to', () => {
  expect(models(shops('A', '1', { technical: 5 }))).toEqual([])
  expect(models(shops('A', '1'), shops('A', '2', { technical: 0 }))).toEqual([])
})

test('too few checkouts or shops, or an unknown model, prove nothing', () => {
  expect(models(shops('A', '1', { checkouts: 1 }), shops('B', '1', { shops: 1, checkouts: 100 }))).toEqual([])
  expect(models(shops('unknown', '1'))).toEqual([])
})
