import { expect, test } from 'vitest'
import { declaredRows } from './declared.ts'

const at = Date.UTC(2026, 10, 5)
const declared = (terminalNo: string, id: string, cause: 'MARGIN_FEE' | 'RISK_APPETITE' | null, time = at) => ({
  ...{ terminalNo, id, cause, time },
})
const declarers = new Map([
  ['mine', { keyId: 'k1', role: 'merchant' as const }],
  ['theirs', { keyId: 'k2', role: 'provider' as const }],
])
const rowsOf = (...inForce: ReturnType<typeof declared>[]) => declaredRows(inForce, declarers, 'k1')

test('terminals of one declaration stand together, with who said so and since when', () => {
  expect(rowsOf(declared('1', 'mine', 'MARGIN_FEE'), declared('2', 'mine', 'MARGIN_FEE'))).toEqual([
    { cause: 'MARGIN_FEE', since: '2026-11-05T00:00:00.000Z', by: 'you', terminals: ['1', '2'] },
  ])
})

test('what another said, and what a till says of itself, stand apart', () => {
  const rows = rowsOf(
    declared('1', 'mine', 'MARGIN_FEE'),
    declared('2', 'theirs', 'MARGIN_FEE'),
    declared('3', 'x', 'RISK_APPETITE'),
  )
  expect(rows.map(({ by }) => by)).toEqual(['you', 'provider', 'till'])
})

test('tills that report the same again and again are one row, since the earliest', () => {
  const rows = rowsOf(declared('1', 'r1', 'MARGIN_FEE', at + 5000), declared('2', 'r2', 'MARGIN_FEE'))
  expect(rows).toMatchObject([{ by: 'till', terminals: ['1', '2'], since: '2026-11-05T00:00:00.000Z' }])
})

test('what was taken back is not in force', () => {
  expect(rowsOf(declared('1', 'mine', null))).toEqual([])
})
