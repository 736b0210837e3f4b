// Contract section 6: which reason a declined checkout has.

import { finalDeclines, substitutingRequests, type Checkout } from './checkout.ts'
import type { Declined, Reported } from './event.ts'
import { earliest, last } from './order.ts'

export type OwnCode = { system: string; value: string; reason: string }
export type Group = 'unsupported' | 'buyer' | 'limit' | 'risk' | 'system' | 'operation' | 'unknown'

/** The table's "evidence" column, by group and reason; what is only declared has no codes. */
const table: readonly {
  group: Group
  reason: string
  evidence: Readonly<Record<string, readonly string[]>>
}[] = [
  {
    group: 'unsupported',
    reason: 'TECH_NO_SUPPORT',
    evidence: {
      LOCAL: ['POS_METHOD_NOT_IMPLEMENTED', 'POS_CUSTOMER_ASKED_NOT_TRIED'],
      ISO8583: ['58', '97'],
    },
  },
  {
    group: 'unsupported',
    reason: 'LEGACY_INCOMPATIBLE',
    evidence: {
      LOCAL: ['POS_FIRMWARE_TOO_OLD', 'POS_NO_SCANNER'],
      ALIPAY: ['ACQ.NOT_SUPPORT_PAYMENT_INST'],
    },
  },
  {
    group: 'unsupported',
    reason: 'CHANNEL_COMPETITION',
    evidence: { LOCAL: ['POS_CHANNEL_CLOSED'] },
  },
  { group: 'unsupported', reason: 'SILENT_SUBSTITUTION', evidence: {} },
  {
    group: 'unsupported',
    reason: 'POLICY_LICENCE',
    evidence: { ALIPAY: ['ACQ.RESTRICTED_MERCHANT_INDUSTRY'], LOCAL: ['POS_LICENCE_REGION'] },
  },
  {
    group: 'unsupported',
    reason: 'NO_AGREEMENT',
    evidence: {
      ALIPAY: [
        'ACQ.ACCESS_FORBIDDEN',
        'ACQ.UN_SUPPORT_TRADE_SCENE',
        'ACQ.MERCHANT_AGREEMENT_NOT_EXIST',
        'ACQ.MERCHANT_AGREEMENT_INVALID',
      ],
      ISO8583: ['03', '40'],
    },
  },
  { group: 'unsupported', reason: 'MARGIN_FEE', evidence: {} },
  { group: 'unsupported', reason: 'COST_BENEFIT', evidence: {} },
  { group: 'unsupported', reason: 'RISK_APPETITE', evidence: {} },
  { group: 'unsupported', reason: 'CUSTOMER_MIX', evidence: { LOCAL: ['POS_CASHIER_REFUSED'] } },
  {
    group: 'buyer',
    reason: 'BUYER_CREDIT',
    evidence: {
      ALIPAY: [
        'ACQ.BUYER_BALANCE_NOT_ENOUGH',
        'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR',
        'ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR',
      ],
      ISO8583: ['51', '61', '65'],
    },
  },
  {
    group: 'buyer',
    reason: 'BUYER_ACCOUNT',
    evidence: {
      ALIPAY: ['ACQ.BUYER_ENABLE_STATUS_FORBID', 'ACQ.NOT_CERTIFIED_USER'],
      ISO8583: ['57', '62'],
    },
  },
  {
    group: 'limit',
    reason: 'LIMIT',
    evidence: {
      ALIPAY: ['ACQ.PRODUCT_AMOUNT_LIMIT_ERROR', 'ACQ.BEYOND_PAY_RESTRICTION'],
      ISO8583: ['13'],
    },
  },
  {
    group: 'risk',
    reason: 'RISK_DECLINE',
    evidence: {
      ALIPAY: ['ACQ.PAYMENT_REQUEST_HAS_RISK', 'ACQ.SELLER_BEEN_BLOCKED'],
      ISO8583: ['05', '34', '59', '63'],
    },
  },
  {
    group: 'system',
    reason: 'SYSTEM',
    evidence: {
      ALIPAY: ['ACQ.SYSTEM_ERROR'],
      ISO8583: ['68', '91', '92', '96', '98'],
      WECHAT: ['SYSTEMERROR', 'BANKERROR'],
    },
  },
  {
    group: 'operation',
    reason: 'OPERATION',
    evidence: {
      ALIPAY: ['ACQ.PAYMENT_AUTH_CODE_INVALID', 'ACQ.INVALID_PARAMETER'],
      ISO8583: ['12', '17', '30'],
    },
  },
  { group: 'unknown', reason: 'UNMAPPED', evidence: {} },
]

export function groupOf(reason: string): Group {
  const row = table.find((entry) => entry.reason === reason)
  if (row === undefined) throw new Error(`not a reason of section 6: ${reason}`)
  return row.group
}

/** "`pcredit` or `credit_group`, or `pcreditpayInstallment` where [...]", "compared without case" */
function huabeiIsDisabled(decline: Declined): boolean {
  const channels = decline.disabledChannels.map((channel) => channel.toLowerCase())
  const instalment = decline.method === 'HUABEI_INSTALMENT' || decline.intendedMethod === 'HUABEI_INSTALMENT'
  return (
    channels.includes('pcredit') ||
    channels.includes('credit_group') ||
    (instalment && channels.includes('pcreditpayinstallment'))
  )
}

/** "Order: own code, `disabledChannels`, the table, `UNMAPPED`; a declared cause last." */
function readOffTheEvent(decline: Declined, ownCodes: readonly OwnCode[]): string {
  const { system, value } = decline.code
  const own = ownCodes.find((code) => code.system === system && code.value === value)
  if (own !== undefined) return own.reason
  if (huabeiIsDisabled(decline)) return 'CHANNEL_COMPETITION'
  return table.find((row) => row.evidence[system]?.includes(value) ?? false)?.reason ?? 'UNMAPPED'
}

/**
 * "that of the last `terminal.reported` carrying one (by time, id), from the terminal of the request
 * that gives the reason [...], at or before its time". A null carries a clearing, so none is in force.
 */
function causeInForce(request: { source: string; time: number }, reports: readonly Reported[]): string | null {
  const carrying = reports
    .filter((report) => report.cause !== undefined)
    .filter((report) => report.source === request.source)
    .filter((report) => report.time <= request.time)
  return last(carrying)?.cause ?? null
}

/** The reason of a declined checkout. `reports` are all the merchant's `terminal.reported`. */
export function reasonOf(checkout: Checkout, reports: readonly Reported[], ownCodes: readonly OwnCode[]): string {
  // "that of the earliest request that is a final decline, also where its attempt succeeded later by
  // another method; where there is none, `SILENT_SUBSTITUTION`"
  const decline = earliest(finalDeclines(checkout))
  const reason = decline === undefined ? 'SILENT_SUBSTITUTION' : readOffTheEvent(decline, ownCodes)
  if (groupOf(reason) !== 'unsupported') return reason

  // "(for a substitution, the earliest substituting one; failing that, that of t₀)"
  const giver = decline ?? earliest(substitutingRequests(checkout)) ?? checkout.first
  if (giver === null) throw new Error('only a declined checkout has a reason')
  return causeInForce(giver, reports) ?? reason
}
