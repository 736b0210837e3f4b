// A till at one checkout: a clock that moves on, attempts that count up, and the events it writes down.
import { SECOND, timestamp } from './calendar.ts'
import { sourceOf } from './events.ts'
import type { Code, FundBill, Happening, HuabeiMethod, KnownCustomer, Method, UnnumberedEvent } from './events.ts'
import type { Merchant } from './market.ts'
import type { Random } from './random.ts'
import type { Refusal } from './stories.ts'

type Payment = { amount: number; method: Method; intendedMethod?: HuabeiMethod }
type Checkout = { checkoutId: string; at: number; customer: KnownCustomer | undefined; random: Random }

export class TillLog {
  readonly events: UnnumberedEvent[] = []
  at: number
  #attempt = 0
  readonly #merchant: Merchant
  readonly #checkout: Checkout
  #terminalNo: string
  #plan: { instalments: 3 | 6 | 12; sellerPercent: 0 | 100 } | undefined

  constructor(merchant: Merchant, terminalNo: string, checkout: Checkout) {
    this.#merchant = merchant
    this.#terminalNo = terminalNo
    this.#checkout = checkout
    this.at = checkout.at
  }

  get attempt(): number {
    return this.#attempt
  }

  /** Seconds pass, between the two at random. */
  wait(least: number, most: number): this {
    this.at += Math.round(this.#checkout.random.between(least, most) * SECOND)
    return this
  }

  /** The customer goes to another till of the shop. */
  moveTo(terminalNo: string): void {
    this.#terminalNo = terminalNo
  }

  nextAttempt(): this {
    this.#attempt += 1
    return this
  }

  declined(payment: Payment, { code, disabledChannels }: Refusal, final = true): void {
    const reachedNetwork = code.system !== 'LOCAL'
    this.#write({
      type: 'tillsight.payment.declined',
      data: { ...this.#data(payment, reachedNetwork), code, final, ...(disabledChannels && { disabledChannels }) },
    })
  }

  /** A code that says the outcome isn't known yet. */
  pending(payment: Payment, code: Code): void {
    this.declined(payment, { code }, false)
  }

  succeeded(payment: Payment, fundBills?: readonly FundBill[]): void {
    const scanned = payment.method !== 'CASH' && payment.method !== 'CARD'
    this.#write({
      type: 'tillsight.payment.succeeded',
      data: { ...this.#data(payment, scanned), ...(fundBills && { fundBills }) },
    })
  }

  reversed(attempt: number): void {
    this.#write({ type: 'tillsight.payment.reversed', data: { checkoutId: this.#checkout.checkoutId, attempt } })
  }

  abandoned(): void {
    this.#write({ type: 'tillsight.checkout.abandoned', data: { checkoutId: this.#checkout.checkoutId } })
  }

  #data(payment: Payment, ordered: boolean) {
    const { checkoutId, customer } = this.#checkout
    return {
      checkoutId,
      attempt: this.#attempt,
      amount: payment.amount,
      currency: 'CNY' as const,
      method: payment.method,
      ...(payment.intendedMethod && { intendedMethod: payment.intendedMethod }),
      ...(ordered && { outTradeNo: this.#orderNo() }),
      ...(payment.method === 'HUABEI_INSTALMENT' && this.#instalments()),
      ...(customer && { customer }),
    }
  }

  /** Every attempt needs an order number of its own (domain notes, finding 4). */
  #orderNo(): string {
    return `${this.#checkout.checkoutId}-${this.#terminalNo}-${this.#attempt}`
  }

  /** One plan a checkout: periods and who bears the fee (domain notes 1.3). */
  #instalments() {
    const { random } = this.#checkout
    this.#plan ??= {
      instalments: random.weighted([
        [3, 55],
        [6, 25],
        [12, 20],
      ] as const),
      sellerPercent: random.weighted([
        [0, 8],
        [100, 2],
      ] as const),
    }
    return this.#plan
  }

  #write(happening: Happening): void {
    this.events.push({
      specversion: '1.0',
      id: this.#checkout.random.uuid(this.at),
      source: sourceOf(this.#merchant.merchantNo, this.#terminalNo),
      time: timestamp(this.at),
      ...happening,
    })
  }
}
