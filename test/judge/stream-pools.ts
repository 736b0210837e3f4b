// The small pools that generated events draw from: few values, so that they collide.

import fc from 'fast-check'
import type { OwnCode } from './reasons.ts'

// Bytes, UTF-16 and letters without case would each sort these differently; the last two, twice in the
// pool, are where UTF-16 goes wrong.
export const ids = ['a', 'B', 'b', 'a1', 'é', '\uff5e', '\u{1f600}', '\uff5e', '\u{1f600}'] as const

export const tokens = ['k1', 'k2', 'k3', 'K1'] as const
export const amounts = [100, 100, 100, 50, 200, 30] as const

const unsupportedCodes = [
  { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
  { system: 'LOCAL', value: 'POS_CUSTOMER_ASKED_NOT_TRIED' },
  { system: 'ISO8583', value: '58' },
  { system: 'LOCAL', value: 'POS_NO_SCANNER' },
  { system: 'ALIPAY', value: 'ACQ.NOT_SUPPORT_PAYMENT_INST' },
  { system: 'LOCAL', value: 'POS_CHANNEL_CLOSED' },
  { system: 'LOCAL', value: 'POS_LICENCE_REGION' },
  { system: 'ALIPAY', value: 'ACQ.ACCESS_FORBIDDEN' },
  { system: 'ISO8583', value: '03' },
  { system: 'LOCAL', value: 'POS_CASHIER_REFUSED' },
] as const

const otherCodes = [
  { system: 'ALIPAY', value: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' },
  { system: 'ISO8583', value: '51' },
  { system: 'ISO8583', value: '57' },
  { system: 'ISO8583', value: '13' },
  { system: 'ISO8583', value: '05' },
  { system: 'ISO8583', value: '96' },
  { system: 'WECHAT', value: 'SYSTEMERROR' },
  { system: 'ALIPAY', value: 'ACQ.PAYMENT_AUTH_CODE_INVALID' },
  // Not in the table: another system, another case, no leading zero, unheard of.
  { system: 'ALIPAY', value: '58' },
  { system: 'LOCAL', value: 'pos_no_scanner' },
  { system: 'ISO8583', value: '3' },
  { system: 'LOCAL', value: 'X1' },
  { system: 'LOCAL', value: '未开通' },
] as const

export const codes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...unsupportedCodes) },
  { weight: 1, arbitrary: fc.constantFrom(...otherCodes) },
)

export const ownCodes: fc.Arbitrary<OwnCode[]> = fc.uniqueArray(
  fc.constantFrom<OwnCode>(
    { system: 'LOCAL', value: 'X1', reason: 'MARGIN_FEE' },
    { system: 'LOCAL', value: '未开通', reason: 'NO_AGREEMENT' },
    { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED', reason: 'OPERATION' },
    { system: 'ISO8583', value: '51', reason: 'COST_BENEFIT' },
    { system: 'ISO8583', value: '58', reason: 'UNMAPPED' },
  ),
  { maxLength: 3, selector: (code) => `${code.system} ${code.value}` },
)

export const disabledChannels = fc.constantFrom(
  ...[
    ['pcredit'],
    ['PCredit', 'moneyFund'],
    ['CREDIT_GROUP'],
    ['pcreditpayInstallment'],
    ['x', 'PCREDITPAYINSTALLMENT'],
    [],
  ],
)

export const customers = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...tokens).map((token) => ({ token })) },
  { weight: 1, arbitrary: fc.constant({ ageBand: '18-24' }) },
  { weight: 1, arbitrary: fc.constant({ token: 'k2', ageBand: '60+', returning: true }) },
)
