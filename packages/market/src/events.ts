// The events the tills send, as contract section 4 spells them: each is the exact JSON to POST.

export type Method =
  'HUABEI' | 'HUABEI_INSTALMENT' | 'ALIPAY' | 'WECHAT' | 'CARD' | 'UNIONPAY_QR' | 'ECNY' | 'CASH' | 'OTHER'
export type HuabeiMethod = 'HUABEI' | 'HUABEI_INSTALMENT'
export type State = 'not_capable' | 'capable_not_signed' | 'signed_not_open' | 'open' | 'suspended'
export type Code = { system: 'LOCAL' | 'ALIPAY' | 'ISO8583' | 'WECHAT'; value: string }

/** What the till knows of the customer; each field may be missing. */
export type KnownCustomer = { token?: string; ageBand?: string; returning?: boolean }

type Attempt = {
  checkoutId: string
  attempt: number
  amount: number
  currency: 'CNY'
  method: Method
  intendedMethod?: HuabeiMethod
  outTradeNo?: string
  instalments?: 3 | 6 | 12 | 24
  sellerPercent?: 0 | 100
  customer?: KnownCustomer
}

export type Happening =
  | {
      type: 'tillsight.payment.declined'
      data: Attempt & { code: Code; final: boolean; disabledChannels?: readonly string[] }
    }
  | { type: 'tillsight.payment.succeeded'; data: Attempt & { fundBills?: readonly FundBill[] } }
  | { type: 'tillsight.payment.reversed'; data: { checkoutId: string; attempt: number } }
  | { type: 'tillsight.checkout.abandoned'; data: { checkoutId: string } }
  | {
      type: 'tillsight.terminal.reported'
      data: {
        methods: readonly { method: Method; state: State }[]
        firmware: string
        model: string
        cause?: string | null
      }
    }

export type FundBill = { channel: string; amount: number }

/** An event before its till has numbered it: numbers belong to the stream, see `streamOf`. */
export type UnnumberedEvent = { specversion: '1.0'; id: string; source: string; time: string } & Happening

export type MarketEvent = UnnumberedEvent & { sequence: string }

export function sourceOf(merchantNo: string, terminalNo: string): string {
  return `urn:terminal:${merchantNo}:${terminalNo}`
}

/** By time, then by source and id, so that the order never depends on who was asked first. */
export function inTime(a: UnnumberedEvent, b: UnnumberedEvent): number {
  return compare(a.time, b.time) || compare(a.source, b.source) || compare(a.id, b.id)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
