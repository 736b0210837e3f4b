/**
 * The counter of One Tap: what a cashier's taps come to. Pure: a counter and a tap give the next counter and the events to record.
 *
 * A customer who asked for Huabei becomes events only with the outcome, so that no request stands without one: the terminal
 * reports other payments too, and a request left open would be read as a customer who left.
 */

import type { Happening } from '@tillsight/terminal/terminal.ts'
import { fenOf, typed, typedOf, type Key } from './amount.ts'

/** By how the customer paid in the end. */
export const methods = ['WECHAT', 'ALIPAY', 'CASH', 'CARD', 'UNIONPAY_QR', 'OTHER'] as const
export type Method = (typeof methods)[number]

interface Payment {
  method: Method
  /** In fen. */
  amount: number
}

/** A customer who asked, and whose answer is not told yet. */
export interface Asking {
  checkoutId: string
  /** UTC milliseconds. */
  askedAt: number
  step: 'amount' | 'outcome' | 'less' | 'when'
  typed: string
  /** In fen; 0 until it was entered. */
  amount: number
  /** What was paid, while it is asked when. */
  payment?: Payment | undefined
}

/** Told, and for a few seconds not sent: it can be taken back. */
export interface Told {
  checkoutId: string
  askedAt: number
  amount: number
  /** Undefined: the customer left. */
  payment: Payment | undefined
  /** When that happened. */
  at: number
  /** When it was told. */
  toldAt: number
}

export interface Counter {
  asking?: Asking | undefined
  told?: Told | undefined
}

/** `of` names the customer that was on the screen: a tap meant for another changes nothing. */
export type Tap =
  | { tap: 'asked'; checkoutId: string }
  | { tap: 'key'; of: string; key: Key }
  | { tap: 'amount' | 'less' | 'left' | 'back' | 'discard'; of: string }
  | { tap: 'paid'; of: string; method: Method }
  | { tap: 'when'; of: string; when: 'then' | 'now' }
  | { tap: 'undo'; of: string }
  /** No tap: the seconds to take it back are over, or the page goes out of sight. */
  | { tap: 'send'; of: string }

/** A payment later than this after the request no longer saves the sale (contract section 5). */
const savedWithinMs = 15 * 60_000
/** What is told later than this can't have just happened: a checkout's events lie within two days. */
export const justNowMs = 24 * 3_600_000
/** How long something told can be taken back. */
export const undoMs = 8_000

const code = { system: 'LOCAL', value: 'POS_CUSTOMER_ASKED_NOT_TRIED' } as const

/** @param now UTC milliseconds. */
export function tapped(
  counter: Counter,
  tap: Tap,
  now: number,
  terminal: { source: string },
): { note: Counter; happenings: Happening[] } {
  const { asking, told } = counter
  const nothing = { note: counter, happenings: [] }
  switch (tap.tap) {
    case 'asked': {
      if (asking !== undefined) return nothing
      const { checkoutId } = tap
      return {
        note: { asking: { checkoutId, askedAt: now, step: 'amount', typed: '', amount: 0 } },
        happenings: told === undefined ? [] : happeningsOf(told, terminal),
      }
    }
    case 'send':
      if (told?.checkoutId !== tap.of) return nothing
      return { note: { asking }, happenings: happeningsOf(told, terminal) }
    case 'undo': {
      if (told?.checkoutId !== tap.of || asking !== undefined) return nothing
      const { checkoutId, askedAt, amount } = told
      return { note: { asking: { checkoutId, askedAt, step: 'outcome', typed: '', amount } }, happenings: [] }
    }
    default:
      if (asking?.checkoutId !== tap.of) return nothing
      return { note: answered(asking, tap, now), happenings: [] }
  }
}

type Answer = Exclude<Tap, { tap: 'asked' | 'send' | 'undo' }>

function answered(asking: Asking, answer: Answer, now: number): Counter {
  const { step } = asking
  const at = Math.max(now, asking.askedAt)
  switch (answer.tap) {
    case 'key':
      if (step !== 'amount' && step !== 'less') break
      return { asking: { ...asking, typed: typed(asking.typed, answer.key) } }
    case 'amount': {
      const amount = fenOf(asking.typed)
      if (step !== 'amount' || amount === 0) break
      return { asking: { ...asking, step: 'outcome', typed: '', amount } }
    }
    case 'less':
      if (step !== 'outcome') break
      return { asking: { ...asking, step: 'less', typed: '' } }
    case 'paid': {
      const amount = step === 'less' ? fenOf(asking.typed) : asking.amount
      if (step === 'less' ? !isLess(asking) : step !== 'outcome') break
      const payment = { method: answer.method, amount }
      if (at - asking.askedAt <= savedWithinMs) return { told: toldOf(asking, payment, at, now) }
      return { asking: { ...asking, step: 'when', payment } }
    }
    case 'when':
      if (step !== 'when') break
      if (answer.when === 'now' && !mayBeJustNow(asking, now)) break
      return { told: toldOf(asking, asking.payment, answer.when === 'now' ? at : asking.askedAt, now) }
    case 'left':
      if (step !== 'outcome') break
      // Whenever it is told: nobody waits at a counter for longer.
      return { told: toldOf(asking, undefined, Math.min(at, asking.askedAt + savedWithinMs), now) }
    case 'back':
      return backFrom(asking)
    case 'discard':
      return {}
  }
  return { asking }
}

function backFrom(asking: Asking): Counter {
  if (asking.step === 'amount') return {}
  if (asking.step === 'outcome') return { asking: { ...asking, step: 'amount', typed: typedOf(asking.amount) } }
  return { asking: { ...asking, step: 'outcome', typed: '', payment: undefined } }
}

const toldOf = (
  { checkoutId, askedAt, amount }: Asking,
  payment: Payment | undefined,
  at: number,
  toldAt: number,
): Told => ({ checkoutId, askedAt, amount, payment, at, toldAt })

/** Whether what is typed is a payment of less than was asked for. */
export function isLess({ typed: text, amount }: Asking): boolean {
  const paid = fenOf(text)
  return paid > 0 && paid < amount
}

/** Whether a payment that is told now may have been made now. */
export const mayBeJustNow = ({ askedAt }: Asking, now: number): boolean => now - askedAt <= justNowMs

function happeningsOf({ checkoutId, askedAt, amount, payment, at }: Told, terminal: { source: string }): Happening[] {
  const asked: Happening = {
    terminal,
    type: 'tillsight.payment.declined',
    time: askedAt,
    data: { checkoutId, attempt: 1, amount, method: 'HUABEI', code },
  }
  const outcome: Happening =
    payment === undefined
      ? { terminal, type: 'tillsight.checkout.abandoned', time: at, data: { checkoutId } }
      : { terminal, type: 'tillsight.payment.succeeded', time: at, data: { checkoutId, attempt: 2, ...payment } }
  return [asked, outcome]
}
