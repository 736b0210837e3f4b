import type { LostSalesReason } from '@tillsight/shared/metrics/lost-sales.ts'
import { expect, test } from 'vitest'
import { causesOf } from './rows.ts'

const agreement: LostSalesReason = {
  ...{ reason: 'NO_AGREEMENT', group: 'unsupported', checkouts: 9, amount: 9000 },
  netLost: { amount: 2500 },
}
const reasons: LostSalesReason[] = [
  agreement,
  { reason: 'TECH_NO_SUPPORT', group: 'unsupported', checkouts: 4, amount: 40_000, netLost: { amount: 7500 } },
  { reason: 'BUYER_CREDIT', group: 'buyer', checkouts: 30, amount: 900_000, netLost: null },
  { reason: 'UNMAPPED', group: 'unknown', checkouts: 2, amount: 100, netLost: null },
]

const none = { checkouts: 0, amount: 0 }
const totals = { declined: { checkouts: 45, amount: 949_100 }, unmapped: { checkouts: 2, amount: 100 } }
const found = { reasons, totals }

test('the dearest cause comes first, and shares are shares of the loss', () => {
  expect(causesOf(found).rows.map(({ reason, share }) => [reason, share])).toEqual([
    ['TECH_NO_SUPPORT', 0.75],
    ['NO_AGREEMENT', 0.25],
  ])
})

test('declines for other reasons stand beside, and are never added in', () => {
  const { rows, beside } = causesOf(found)
  expect(beside.map(({ reason }) => reason)).toEqual(['BUYER_CREDIT'])
  expect(rows.reduce((sum, { lost }) => sum + lost, 0)).toBe(10_000)
})

test('every cause names who can mend it', () => {
  for (const { menders } of causesOf(found).rows) expect(menders.length).toBeGreaterThan(0)
})

test('where nothing was lost no cause has a share of it', () => {
  expect(causesOf({ ...found, reasons: [{ ...agreement, netLost: { amount: 0 } }] }).rows[0]?.share).toBeNull()
})

test('the share of what nobody knows yet is of all that was declined, and told even where there is none', () => {
  expect(causesOf(found).unmapped).toEqual({ checkouts: 2, amount: 100, share: 2 / 45, declined: 45 })
  expect(causesOf({ reasons: [], totals: { declined: none, unmapped: none } }).unmapped.share).toBeNull()
  expect(causesOf({ reasons: [], totals: { ...totals, unmapped: none } }).unmapped.share).toBe(0)
})

test('beside each cause stands what it cost in the days before, also where it is new', () => {
  const byReason = new Map([['TECH_NO_SUPPORT', { lost: 7000, lostBefore: 3500 }] as const])
  expect(causesOf(found, byReason).rows.map(({ reason, compared }) => [reason, compared])).toEqual([
    ['TECH_NO_SUPPORT', { lost: 7000, lostBefore: 3500 }],
    ['NO_AGREEMENT', { lost: 0, lostBefore: 0 }],
  ])
  expect(causesOf(found).rows.map(({ compared }) => compared)).toEqual([null, null])
})
