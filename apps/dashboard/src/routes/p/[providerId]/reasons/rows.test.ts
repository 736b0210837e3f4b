import type { OwnCodes } from '@tillsight/shared/events/reasons.ts'
import type { CodeUse } from '@tillsight/shared/metrics/code-use.ts'
import { expect, test } from 'vitest'
import { changeIn, codeRows, countsAs, previewOf, reasonRows, withChange } from './rows.ts'

const use = (value: string | null, reason: CodeUse['reason'], more: Partial<CodeUse> = {}): CodeUse => ({
  code: value === null ? null : { system: 'LOCAL', value },
  ...{
    reason,
    isDeclared: false,
    checkouts: 1,
    amount: 1000,
    netLost: { amount: 100 },
    newestAt: '2026-11-01T00:00:00Z',
  },
  ...more,
})
const own: OwnCodes = new Map([
  ['LOCAL E1', 'NO_AGREEMENT'],
  ['LOCAL GONE 1', 'SYSTEM'],
])

test('what nobody has mapped comes first, and an own code that was not seen is listed too', () => {
  const uses = [
    use('POS_NO_SCANNER', 'LEGACY_INCOMPATIBLE', { checkouts: 9 }),
    use('E1', 'NO_AGREEMENT'),
    use('E2', 'UNMAPPED'),
  ]
  expect(codeRows(uses, own).map(({ value, by, checkouts }) => [value, by, checkouts])).toEqual([
    ['E2', 'nobody', 1],
    ['POS_NO_SCANNER', 'table', 9],
    ['E1', 'own', 1],
    ['GONE 1', 'own', 0],
  ])
})

test('checkouts that a shut channel or a declared cause explains are told apart from what the code means', () => {
  const [row] = codeRows(
    [use('E1', 'NO_AGREEMENT', { checkouts: 3 }), use('E1', 'MARGIN_FEE', { isDeclared: true, checkouts: 2 })],
    new Map([['LOCAL E1', 'NO_AGREEMENT']]),
  )
  expect(row).toMatchObject({ meaning: 'NO_AGREEMENT', checkouts: 5, otherwise: 2 })
})

test('a code counts as lost, or once it is mapped, or never', () => {
  const counted = (...uses: CodeUse[]) => codeRows(uses, own).map((row) => [row.value, countsAs(row)])
  expect(counted(use('E1', 'NO_AGREEMENT', { netLost: { amount: 0 } }))).toContainEqual(['E1', 'lost'])
  expect(counted(use('E2', 'UNMAPPED', { netLost: { amount: 0 } }))).toContainEqual(['E2', 'waiting'])
  expect(counted(use('E2', 'CHANNEL_COMPETITION'))).toContainEqual(['E2', 'lost'])
  expect(counted(use('GONE 1', 'SYSTEM', { netLost: { amount: 0 } }))).toContainEqual(['GONE 1', 'never'])
})

test('only the unsupported group has a loss', () => {
  const rows = reasonRows([use('a', 'SYSTEM', { netLost: { amount: 0 } }), use(null, 'SILENT_SUBSTITUTION')], 'all')
  expect(rows.map(({ reason, netLost }) => [reason, netLost])).toEqual([
    ['SYSTEM', null],
    ['SILENT_SUBSTITUTION', { amount: 100 }],
  ])
})

test('a preview says how many checkouts move, and what moves in and out of the loss', () => {
  const change = { system: 'LOCAL', value: 'E1', to: 'SYSTEM' } as const
  const preview = previewOf(
    change,
    own,
    [use('E1', 'NO_AGREEMENT', { checkouts: 5, netLost: { amount: 700 } })],
    [use('E1', 'SYSTEM', { checkouts: 5, netLost: { amount: 0 } })],
  )
  expect(preview).toMatchObject({
    ...{ meaningBefore: 'NO_AGREEMENT', meaningAfter: 'SYSTEM', moved: 5 },
    before: { unsupported: 5, lost: 700 },
    after: { unsupported: 0, lost: 0 },
  })
})

test('a code taken back means again what the table says', () => {
  const table: OwnCodes = new Map([['ISO8583 51', 'NO_AGREEMENT']])
  const change = { system: 'ISO8583', value: '51', to: null } as const
  expect(withChange(table, change).size).toBe(0)
  expect(previewOf(change, table, [], []).meaningAfter).toBe('BUYER_CREDIT')
})

test('a change is read, or it is none', () => {
  const asked = (query: string) => changeIn(new URLSearchParams(query))
  expect(asked('system=LOCAL&value=+E1&reason=SYSTEM')).toEqual({ system: 'LOCAL', value: ' E1', to: 'SYSTEM' })
  expect(asked('system=LOCAL&value=E1&reason=none')?.to).toBeNull()
  for (const wrong of [
    '',
    'system=X&value=E1&reason=SYSTEM',
    'system=LOCAL&value=&reason=SYSTEM',
    'system=LOCAL&value=E1&reason=SILENT_SUBSTITUTION',
  ])
    expect(asked(wrong)).toBeUndefined()
})
