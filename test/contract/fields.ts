/** Contract section 4 as a table: what each field of each type of event may be, and what not. */

import { missing, type Event, type Kind } from './samples.ts'
import type { Field } from './verdicts.ts'

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

/** A text of `from` to `to` characters, which are code points. */
const text = (to: number, { required = true } = {}): Field => ({
  good: ['x', 'x'.repeat(to), '花'.repeat(to), '😀'.repeat(to), ...(required ? [] : [missing])],
  bad: [
    '',
    'x'.repeat(to + 1),
    '😀'.repeat(to + 1),
    '\ud800',
    'x\udc00',
    7,
    true,
    null,
    [],
    {},
    ['x'],
    ...(required ? [missing] : []),
  ],
})
const oneOf = (list: readonly string[], { required = true } = {}): Field => ({
  good: [...list, ...(required ? [] : [missing])],
  bad: [
    '',
    'elsewhere',
    ` ${String(list[0])}`,
    `${String(list[0])}\n`,
    'constructor',
    1,
    false,
    null,
    [...list],
    {},
    ...(required ? [missing] : []),
  ],
})
const methods = ['HUABEI', 'HUABEI_INSTALMENT', 'ALIPAY', 'WECHAT', 'CARD', 'UNIONPAY_QR', 'ECNY', 'CASH', 'OTHER']
const amount: Field = {
  good: [1, 8600, 100_000_000_000],
  bad: [
    ...[0, -0, -1, 100_000_000_001, 9_007_199_254_740_993].map((value) => ({ value, code: 'amount_out_of_range' })),
    ...[1.5, '8600', null, true, [], {}],
  ],
}
const yesNo: Field = { good: [true, false, missing], bad: ['true', 0, 1, null, []] }
const list = (most: number, entry: Event | string): Field => ({
  good: [[], [entry], times(most, entry), missing],
  bad: [times(most + 1, entry), entry, null, 7, { 0: entry }],
})

const everywhere: Record<string, Field> = {
  '/specversion': { good: ['1.0'], bad: ['0.3', '1', '1.0 ', 1, null, missing, ''] },
  '/id': { ...text(128), bad: ['', 'x'.repeat(129), '😀'.repeat(129), '\ud800', 1, null, missing, {}] },
  '/type': {
    bad: [
      ...[
        'tillsight.payment.refunded',
        'payment.declined',
        'TILLSIGHT.PAYMENT.DECLINED',
        'constructor',
        '__proto__',
      ].map((value) => ({ value, code: 'unknown_type' })),
      ...[1, null, missing, []],
    ],
  },
  '/sequence': {
    good: ['0', '1', '0042', '999999999999999999', missing, null],
    bad: [1042, '-1', '1.5', '', ' 1', 'x', [], {}],
  },
  '/data': { bad: [missing, null, [], 'x', 7, true] },
  '/unnamed': { good: ['x', null, { deep: [{ er: 1 }] }, 1e300, '\ud800'] },
}

const reference: Record<string, Field> = { '/data/checkoutId': text(64) }
const attempt: Record<string, Field> = {
  '/data/attempt': { good: [1, 1000], bad: [0, -1, 1001, 1.5, '1', true, null, missing, [1]] },
}
const payment: Record<string, Field> = {
  ...reference,
  ...attempt,
  '/data/amount': { ...amount, bad: [...(amount.bad ?? []), missing] },
  '/data/currency': { good: ['CNY', missing], bad: ['USD', 'cny', '', 156, null] },
  '/data/method': oneOf(methods),
  '/data/intendedMethod': oneOf(methods, { required: false }),
  '/data/outTradeNo': text(64, { required: false }),
  '/data/instalments': { good: [3, 6, 12, 24, missing], bad: [0, 1, 5, 36, '3', null, true] },
  '/data/sellerPercent': { good: [0, 100, missing], bad: [1, 50, -100, '0', null, false] },
  '/data/customer': { good: [{}, missing, { phone: 1 }], bad: [null, 'x', [], 7] },
  '/data/customer/token': text(128, { required: false }),
  '/data/customer/ageBand': oneOf(['under-18', '18-24', '25-34', '35-44', '45-59', '60+'], { required: false }),
  '/data/customer/returning': yesNo,
  '/data/items': list(100, { category: 'x', quantity: 1, amount: 1 }),
  '/data/items/0': { bad: [null, 'x', [], 7] },
  '/data/items/0/category': { good: ['', 'x', missing], bad: [1, null, [], '\ud800'] },
  '/data/items/0/amount': amount,
  '/data/unnamed': { good: ['x', null, [[]]] },
}

export const fieldsOf: Record<Kind, Record<string, Field>> = {
  'payment.declined': {
    ...everywhere,
    ...payment,
    '/data/code': { bad: [missing, null, 'POS_NO_SCANNER', [], 7] },
    '/data/code/system': oneOf(['LOCAL', 'ALIPAY', 'ISO8583', 'WECHAT']),
    '/data/code/value': text(64),
    '/data/final': yesNo,
    '/data/disabledChannels': list(20, 'pcredit'),
    '/data/disabledChannels/0': { good: ['', 'PCREDIT'], bad: [1, null, [], {}] },
    '/data/fundBills': { good: ['not a field of this type', 7] },
  },
  'payment.succeeded': {
    ...everywhere,
    ...payment,
    '/data/fundBills': list(20, { channel: 'PCREDIT', amount: 1 }),
    '/data/fundBills/0': { bad: [null, 'x', [], 7] },
    '/data/fundBills/0/channel': { good: ['', '余额'], bad: [1, null, []] },
    '/data/fundBills/0/amount': amount,
    '/data/code': { good: ['not a field of this type', null] },
    '/data/final': { good: ['not a field of this type'] },
  },
  'payment.reversed': {
    ...everywhere,
    ...reference,
    ...attempt,
    '/data/amount': { good: ['not a field of this type'] },
  },
  'checkout.abandoned': { ...everywhere, ...reference, '/data/attempt': { good: ['not a field of this type'] } },
  'terminal.reported': {
    ...everywhere,
    '/data/methods': {
      good: [[], methods.map((method) => ({ method, state: 'open' }))],
      bad: [missing, null, {}, 'HUABEI', 7],
    },
    '/data/methods/0': { bad: [null, 'HUABEI', [], 7] },
    '/data/methods/0/method': oneOf(methods),
    '/data/methods/0/state': oneOf(['not_capable', 'capable_not_signed', 'signed_not_open', 'open', 'suspended']),
    '/data/firmware': { good: ['', '1.0', missing], bad: [1, null, []] },
    '/data/model': { good: ['', 'A920', missing], bad: [920, null, {}] },
    '/data/cause': {
      good: [
        ...['TECH_NO_SUPPORT', 'LEGACY_INCOMPATIBLE', 'CHANNEL_COMPETITION', 'POLICY_LICENCE', 'NO_AGREEMENT'],
        ...['MARGIN_FEE', 'COST_BENEFIT', 'RISK_APPETITE', 'CUSTOMER_MIX', null, missing],
      ],
      bad: ['SILENT_SUBSTITUTION', 'BUYER_CREDIT', 'UNMAPPED', 'margin_fee', '', 1, [], {}],
    },
    '/data/checkoutId': { good: [7, 'not a field of this type'] },
  },
}
