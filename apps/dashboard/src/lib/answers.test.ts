import type { Segment } from '@tillsight/shared/metrics/segments.ts'
import { expect, test } from 'vitest'
import { lostCheckouts, whereAnswer, whoAnswer, whyAnswer } from './answers.ts'

const volume = (checkouts: number) => ({ checkouts, amount: checkouts * 100 })
const segment = (name: string, all: number, refused: number, lost: number): Segment => ({
  segment: name,
  all: volume(all),
  unsupported: volume(refused),
  netLost: { amount: lost },
  index: 1,
  indexLow: 0.5,
  indexHigh: 2,
})

test('who: the segment that most is lost with, beside its share of all who come', () => {
  const segments = [segment('18-24', 25, 20, 7500), segment('60+', 75, 10, 2500)]
  expect(whoAnswer('ageBand', segments)).toEqual({
    by: 'ageBand',
    segment: '18-24',
    ofLoss: 0.75,
    ofAll: 0.25,
  })
})

test('who: nobody is named where the tills don’t tell whom most of the loss was with, or nothing is lost', () => {
  expect(whoAnswer('ageBand', [segment('18-24', 9, 9, 400), segment('unknown', 9, 9, 600)])).toBeNull()
  expect(whoAnswer('ageBand', [segment('18-24', 9, 9, 0)])).toBeNull()
  expect(whoAnswer('ageBand', [])).toBeNull()
})

const outcomes = {
  recoveredInWallet: volume(1),
  recoveredOther: volume(4),
  downsized: { ...volume(1), paid: 50 },
  deferred: volume(1),
  abandoned: volume(3),
  open: volume(5),
  unknown: volume(5),
}

test('where to: shares of the sales whose outcome is known, and fewer than twenty are called few', () => {
  expect(whereAnswer({ unsupported: volume(20), outcomes })).toEqual({
    checkouts: 10,
    left: 0.3,
    less: 0.1,
    later: 0.1,
    otherwise: 0.5,
    few: true,
  })
  expect(whereAnswer({ unsupported: volume(10), outcomes })).toBeNull()
})

test('a loss is with those who left and those who bought less', () => {
  expect(lostCheckouts({ outcomes })).toBe(4)
})

test('why: the dearest cause, never one that is not the shop’s', () => {
  expect(
    whyAnswer([
      { reason: 'BUYER_CREDIT', group: 'buyer', ...volume(99), netLost: null },
      { reason: 'NO_AGREEMENT', group: 'unsupported', ...volume(2), netLost: { amount: 900 } },
      { reason: 'TECH_NO_SUPPORT', group: 'unsupported', ...volume(5), netLost: { amount: 100 } },
    ]),
  ).toEqual({ reason: 'NO_AGREEMENT', ofLoss: 0.9, menders: ['merchant', 'acquirer'] })
  expect(whyAnswer([{ reason: 'BUYER_CREDIT', group: 'buyer', ...volume(99), netLost: null }])).toBeNull()
})
