// Terse events for the judge's own tests. Times are milliseconds from 10:00 on 3 November 2026 in
// Shanghai (a Tuesday); what a test doesn't say is a customer asking in vain for Huabei at t₀.

import { judgeCheckouts, judgeLostSales, type LostSales, type LostSalesQuestion } from './lost-sales.ts'
import type { Judged } from './figures.ts'
import type { EventType, WireData, WireEvent } from './wire-event.ts'

export const merchantNo = '898584058120001'
export const till1 = `urn:terminal:${merchantNo}:10000001`
export const till2 = `urn:terminal:${merchantNo}:10000002`

export const tenOClock = Date.parse('2026-11-03T10:00:00+08:00')
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const W = 15 * minute
export const a = 10_000

type Said = { at?: number; id?: string; source?: string; time?: string } & WireData

let count = 0

function event(type: EventType, said: Said, usual: WireData): WireEvent {
  const { at = 0, id, source = till1, time, ...data } = said
  count += 1
  return {
    specversion: '1.0',
    id: id ?? `e${String(count).padStart(6, '0')}`,
    source,
    type,
    time: time ?? new Date(tenOClock + at).toISOString(),
    data: { ...usual, ...data },
  }
}

const refusal = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }

/** A final decline of a request for Huabei, unless said otherwise. */
export function declined(said: Said = {}): WireEvent {
  return event('tillsight.payment.declined', said, {
    checkoutId: 'c1',
    attempt: 1,
    amount: a,
    method: 'HUABEI',
    code: refusal,
  })
}

/** A payment that never had to do with Huabei, as a second attempt, unless said otherwise. */
export function succeeded(said: Said = {}): WireEvent {
  return event('tillsight.payment.succeeded', said, {
    checkoutId: 'c1',
    attempt: 2,
    amount: a,
    method: 'WECHAT',
  })
}

export function reversed(said: Said = {}): WireEvent {
  return event('tillsight.payment.reversed', said, { checkoutId: 'c1', attempt: 2 })
}

export function abandoned(said: Said = {}): WireEvent {
  return event('tillsight.checkout.abandoned', said, { checkoutId: 'c1' })
}

export function reported(said: Said = {}): WireEvent {
  return event('tillsight.terminal.reported', said, {
    methods: [{ method: 'HUABEI', state: 'not_capable' }],
  })
}

/** The month after, when nothing is open any more. */
export const later = tenOClock + 30 * 24 * hour

export function judge(events: readonly WireEvent[], asked: Partial<LostSalesQuestion> = {}): LostSales {
  return judgeLostSales({
    merchantNo,
    timeZone: 'Asia/Shanghai',
    events,
    ownCodes: [],
    now: later,
    from: '2026-11-03',
    to: '2026-11-03',
    interval: 'day',
    ...asked,
  })
}

/** Checkout `c1`; undefined where it isn't attempted. */
export function c1(events: readonly WireEvent[], asked: Partial<LostSalesQuestion> = {}): Judged | undefined {
  const judged = judgeCheckouts({ merchantNo, events, ownCodes: [], now: later, ...asked })
  return judged.find((checkout) => checkout.checkoutId === 'c1')
}

export function outcome(events: readonly WireEvent[], asked: Partial<LostSalesQuestion> = {}): string | undefined {
  return c1(events, asked)?.outcome?.name
}

export function reason(
  events: readonly WireEvent[],
  asked: Partial<LostSalesQuestion> = {},
): string | null | undefined {
  return c1(events, asked)?.reason
}
