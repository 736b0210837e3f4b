/**
 * What a till can tell Tillsight: the five events, spelled as the API spells them. A till embeds this package alone, so the
 * types are its own; a test holds them against what the ingest accepts.
 *
 * Amounts are integers in fen (1/100 CNY), 1 to 10^11.
 */

import type { CustomerToken } from './customer-token.ts'

export type Method =
  'HUABEI' | 'HUABEI_INSTALMENT' | 'ALIPAY' | 'WECHAT' | 'CARD' | 'UNIONPAY_QR' | 'ECNY' | 'CASH' | 'OTHER'

/** How far a terminal is on the way to taking a method. */
export type CapabilityState = 'not_capable' | 'capable_not_signed' | 'signed_not_open' | 'open' | 'suspended'

export type AgeBand = 'under-18' | '18-24' | '25-34' | '35-44' | '45-59' | '60+'

/** Why a merchant or terminal does not take a method, where somebody said so. */
export type DeclarableCause =
  | 'TECH_NO_SUPPORT'
  | 'LEGACY_INCOMPATIBLE'
  | 'CHANNEL_COMPETITION'
  | 'POLICY_LICENCE'
  | 'NO_AGREEMENT'
  | 'MARGIN_FEE'
  | 'COST_BENEFIT'
  | 'RISK_APPETITE'
  | 'CUSTOMER_MIX'

/** A decline as the system that declined it names it: Alipay's sub_code, field 39 of ISO 8583, WeChat's err_code, or the till's own. */
export interface Code {
  system: 'LOCAL' | 'ALIPAY' | 'ISO8583' | 'WECHAT'
  /** 1 to 64 characters, kept as sent. */
  value: string
}

export interface Customer {
  /** A pseudonym; see `customerTokens`. */
  token?: CustomerToken | undefined
  ageBand?: AgeBand | undefined
  returning?: boolean | undefined
}

export interface Item {
  category?: string | undefined
  quantity?: number | undefined
  amount?: number | undefined
}

interface Attempt {
  /** Names one basket, unique within the merchant for good; 1 to 64 characters. */
  checkoutId: string
  /** Which attempt to pay for it, 1 to 1,000. */
  attempt: number
}

interface Payment extends Attempt {
  amount: number
  currency?: 'CNY' | undefined
  method: Method
  /** What the customer asked for, where it isn't `method`. */
  intendedMethod?: Method | undefined
  outTradeNo?: string | undefined
  /** `hb_fq_num`. */
  instalments?: 3 | 6 | 12 | 24 | undefined
  /** `hb_fq_seller_percent`. */
  sellerPercent?: 0 | 100 | undefined
  customer?: Customer | undefined
  /** Up to 100. */
  items?: readonly Item[] | undefined
}

export interface Declined extends Payment {
  code: Code
  /** Default true; false while the outcome is not known yet, such as gateway code 10003 or 20000. */
  final?: boolean | undefined
  /** `disable_pay_channels` of the request; up to 20. */
  disabledChannels?: readonly string[] | undefined
}

export interface Succeeded extends Payment {
  /** What the wallet says it charged (`fund_bill_list`); up to 20. */
  fundBills?: readonly { channel: string; amount: number }[] | undefined
}

/** A payment taken back: `attempt` is that of the payment. */
export type Reversed = Attempt

/** The customer left without paying. */
export interface Abandoned {
  checkoutId: string
}

/** What a terminal can do. A method not named keeps its state; `cause: null` clears a cause, leaving it out keeps it. */
export interface Report {
  methods: Partial<Record<Method, CapabilityState>> | readonly { method: Method; state: CapabilityState }[]
  firmware?: string | undefined
  model?: string | undefined
  cause?: DeclarableCause | null | undefined
}

/** The data of each type of event. */
export interface EventData {
  'tillsight.payment.declined': Declined
  'tillsight.payment.succeeded': Succeeded
  'tillsight.payment.reversed': Reversed
  'tillsight.checkout.abandoned': Abandoned
  'tillsight.terminal.reported': Report
}

export type EventType = keyof EventData

/** What an event may bring along; what is left out is made. `sequence` is always the client's. */
export interface EventOptions {
  /** 1 to 128 characters, never given to two events of a terminal; default a UUIDv7. */
  id?: string | undefined
  /** When it happened; a number is UTC milliseconds. Default now. */
  time?: Date | number | undefined
}
