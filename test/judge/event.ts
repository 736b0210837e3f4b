// An event as the judge reads it: named fields only, its time an instant, defaults understood.

import { canonical, utcMilliseconds, type Ordered } from './order.ts'
import type { WireEvent } from './wire-event.ts'

type Payment = Ordered & {
  checkoutId: string
  attempt: number
  amount: number
  method: string
  intendedMethod: string | null
  /** The customer's token, null where the event carries none. */
  customer: string | null
  ageBand: string | null
  returning: boolean | null
}

export type Declined = Payment & {
  type: 'tillsight.payment.declined'
  code: { system: string; value: string }
  final: boolean
  disabledChannels: readonly string[]
}

export type Succeeded = Payment & {
  type: 'tillsight.payment.succeeded'
  /** Null means absent. */
  fundBills: readonly { channel: string }[] | null
}

export type Reversed = Ordered & {
  type: 'tillsight.payment.reversed'
  checkoutId: string
  attempt: number
}
type Abandoned = Ordered & { type: 'tillsight.checkout.abandoned'; checkoutId: string }

export type Reported = Ordered & {
  type: 'tillsight.terminal.reported'
  /** `undefined`: the event carries no cause. `null`: it carries a clearing. */
  cause: string | null | undefined
  /** The state it gives for `HUABEI`; null where it lists no such method: it "keeps its state". */
  huabei: string | null
  model: string | null
  firmware: string | null
}

export type CheckoutEvent = Declined | Succeeded | Reversed | Abandoned
export type JudgedEvent = CheckoutEvent | Reported

/** `urn:terminal:<merchantNo>:<terminalNo>` */
export function merchantOf(source: string): string {
  const merchantNo = source.split(':')[2]
  if (merchantNo === undefined) throw new Error(`not a terminal's source: ${source}`)
  return merchantNo
}

/** All events given to the judge are valid ones: a missing required field is the caller's mistake. */
function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Error(`the judge was given an event without ${field}`)
  return value
}

/** @throws where a required field is missing */
export function readEvent(event: WireEvent): JudgedEvent {
  const { type, data } = event
  const ordered: Ordered = {
    time: utcMilliseconds(event.time),
    id: event.id,
    source: event.source,
    canonical: canonical(event),
  }
  if (type === 'tillsight.terminal.reported') {
    const { cause, methods = [], model = null, firmware = null } = data
    const huabei = methods.findLast(({ method }) => method === 'HUABEI')?.state ?? null
    return { ...ordered, type, cause, huabei, model, firmware }
  }

  const checkoutId = required(data.checkoutId, 'checkoutId')
  if (type === 'tillsight.checkout.abandoned') return { ...ordered, type, checkoutId }

  const attempt = required(data.attempt, 'attempt')
  if (type === 'tillsight.payment.reversed') return { ...ordered, type, checkoutId, attempt }

  const payment: Payment = {
    ...ordered,
    checkoutId,
    attempt,
    amount: required(data.amount, 'amount'),
    method: required(data.method, 'method'),
    intendedMethod: data.intendedMethod ?? null,
    customer: data.customer?.token ?? null,
    ageBand: data.customer?.ageBand ?? null,
    returning: data.customer?.returning ?? null,
  }
  if (type === 'tillsight.payment.declined') {
    return {
      ...payment,
      type,
      code: required(data.code, 'code'),
      final: data.final ?? true, // "default true"
      disabledChannels: data.disabledChannels ?? [],
    }
  }
  const fundBills = data.fundBills ?? []
  return { ...payment, type, fundBills: fundBills.length === 0 ? null : fundBills } // "empty means absent"
}

/** "Sending it again [...] changes nothing", while "copies that differ in a named field [...] all stand as events". */
export function withoutRepeats(events: readonly JudgedEvent[]): JudgedEvent[] {
  return [...new Map(events.map((event) => [event.canonical, event])).values()]
}

export function isPayment(event: JudgedEvent): event is Declined | Succeeded {
  return event.type === 'tillsight.payment.declined' || event.type === 'tillsight.payment.succeeded'
}

/** "An event asks for Huabei when its `method` or `intendedMethod` begins with `HUABEI`." */
export function asksForHuabei(event: Declined | Succeeded): boolean {
  return event.method.startsWith('HUABEI') || (event.intendedMethod?.startsWith('HUABEI') ?? false)
}

/** "`fundBills` holds `PCREDIT`; without `fundBills`, `method` begins with `HUABEI`" */
export function moneyCameFromHuabei(success: Succeeded): boolean {
  if (success.fundBills !== null) return success.fundBills.some((bill) => bill.channel === 'PCREDIT')
  return success.method.startsWith('HUABEI')
}
