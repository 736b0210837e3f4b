import { expect, test } from 'vitest'
import { lostCheckouts, whereAnswer, whyAnswer } from './answers.ts'

const volume = (checkouts: number) => ({ checkouts, amount: checkouts * 100 })

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
