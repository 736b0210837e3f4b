// What pays for what, and what an open till's wallet refuses: the mixes of a Chinese counter, invented to look right.
import type { Code, FundBill, Method } from './events.ts'
import type { Random, Weighted } from './random.ts'
import type { Refusal } from './stories.ts'

const METHODS: readonly Weighted<Method>[] = [
  ['WECHAT', 50],
  ['ALIPAY', 33],
  ['CASH', 6],
  ['CARD', 5],
  ['UNIONPAY_QR', 4],
  ['ECNY', 1.5],
  ['OTHER', 0.5],
]
// Who leaves the wallet after a refusal mostly opens the other one.
const OUTSIDE_WALLET: readonly Weighted<Method>[] = [
  ['WECHAT', 72],
  ['CARD', 13],
  ['CASH', 9],
  ['UNIONPAY_QR', 6],
]

export function anyMethod(random: Random): Method {
  return random.weighted(METHODS)
}

export function methodOutsideWallet(random: Random): Method {
  return random.weighted(OUTSIDE_WALLET)
}

/** The bills of a payment from Huabei: usually one, sometimes with a coupon beside it, sometimes not told at all. */
export function huabeiBills(amount: number, random: Random): readonly FundBill[] | undefined {
  const how = random.next()
  if (how < 0.06) return undefined
  const coupon = how > 0.94 ? Math.min(500, Math.floor(amount / 4)) : 0
  const credit = { channel: 'PCREDIT', amount: amount - coupon }
  return coupon > 0 ? [credit, { channel: 'COUPON', amount: coupon }] : [credit]
}

/** The bills of a wallet payment that is not Huabei's. Channels: domain notes 1.1. */
export function walletBills(amount: number, random: Random): readonly FundBill[] {
  const channel = random.weighted([
    ['BANKCARD', 55],
    ['MONEYFUND', 25],
    ['ALIPAYACCOUNT', 20],
  ] as const)
  return [{ channel, amount }]
}

const alipay = (value: string): Refusal => ({ code: { system: 'ALIPAY', value } })

/** Where Huabei is open, one request in ten still fails; for reasons that lie with the buyer, the wallet or the line. */
export const ORDINARY_DECLINE = 0.1
export const ORDINARY_DECLINES: readonly Weighted<Refusal>[] = [
  [alipay('ACQ.BUYER_BALANCE_NOT_ENOUGH'), 40],
  [alipay('ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR'), 12],
  [alipay('ACQ.BUYER_ENABLE_STATUS_FORBID'), 8],
  [alipay('ACQ.PRODUCT_AMOUNT_LIMIT_ERROR'), 7],
  [alipay('ACQ.PAYMENT_REQUEST_HAS_RISK'), 7],
  [alipay('ACQ.SYSTEM_ERROR'), 7],
  [alipay('ACQ.PAYMENT_AUTH_CODE_INVALID'), 9],
  [{ code: { system: 'ISO8583', value: '96' } }, 4],
  // In no table: shows as unmapped, as real life has it.
  [alipay('ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH'), 4],
  [{ code: { system: 'LOCAL', value: 'POS_E2107' } }, 2],
]

/** Where Huabei is open, the share of requests whose outcome the till doesn't know at first. */
export const PENDING = 0.03
export const PENDING_CODES: readonly Weighted<Code>[] = [
  [{ system: 'ALIPAY', value: '10003' }, 3],
  [{ system: 'ALIPAY', value: '20000' }, 1],
]
