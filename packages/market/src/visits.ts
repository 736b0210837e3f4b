// Who comes to the tills on one day: when, to which till, for how much, and whether they want to pay with Huabei.
import { HOUR, SECOND, kindOf, midnightOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import { customerAt } from './customers.ts'
import type { Customer } from './customers.ts'
import type { HuabeiMethod } from './events.ts'
import type { Market, Merchant, Terminal } from './market.ts'
import { Random } from './random.ts'
import { storyOn } from './stories.ts'
import { INSTALMENTS_FROM, tradeOf } from './trades.ts'
import type { Trade } from './trades.ts'

export type Visit = {
  checkoutId: string
  day: Day
  at: number
  till: Terminal
  customer: Customer
  amount: number
  asks: HuabeiMethod | null
  /** The visit's own chance: what follows at the till draws from it, and from nothing else. */
  random: Random
}

/** Of the customers with the habit, how many ask for it at a given visit. */
const ASKS = 0.6

export function visitsOf(of: Market, merchant: Merchant, day: Day): Visit[] {
  const trade = tradeOf(merchant.record.mcc)
  return arrivals(trade, day, new Random(of.seed, merchant.merchantNo, day)).map((at, n) => {
    const random = new Random(of.seed, merchant.merchantNo, day, n)
    const till = random.pick(merchant.terminals)
    const takesHuabei = storyOn(till, day).answer === 'approves'
    const customer = customerAt(of, merchant, random.weighted(trade.ages), takesHuabei, random)
    const amount = ticket(trade, random)
    const asks = random.chance(ASKS) && customer.usesHuabei ? huabeiMethod(trade, amount, random) : null
    return {
      checkoutId: `${of.mark}${day.replaceAll('-', '')}-${String(n + 1).padStart(6, '0')}`,
      day,
      at,
      till,
      customer,
      amount,
      asks,
      random,
    }
  })
}

function arrivals(trade: Trade, day: Day, random: Random): number[] {
  const busy = { workday: 1, weekend: trade.weekend, holiday: trade.holiday }[kindOf(day)]
  const count = Math.max(1, Math.round(trade.visits * busy * (1 + 0.08 * random.normal())))
  const midnight = midnightOf(day)
  return Array.from({ length: count }, () => midnight + Math.round(hour(trade, random) * HOUR)).toSorted(
    (a, b) => a - b,
  )
}

/** An hour of the day near one of the peaks; the last quarter of an hour is left for those already at the till. */
function hour(trade: Trade, random: Random): number {
  const { hour: peak, width } = random.weighted(trade.peaks)
  const last = trade.closes - 0.25
  for (let tries = 0; tries < 8; tries += 1) {
    const at = peak + width * random.normal()
    if (at >= trade.opens && at < last) return at
  }
  return random.between(trade.opens, last)
}

function ticket(trade: Trade, random: Random): number {
  const { median, sigma, least, most, step } = trade.ticket
  const fen = median * Math.exp(sigma * random.normal())
  return Math.min(most, Math.max(least, Math.round(fen / step) * step))
}

function huabeiMethod(trade: Trade, amount: number, random: Random): HuabeiMethod {
  return amount >= INSTALMENTS_FROM && random.chance(trade.instalments) ? 'HUABEI_INSTALMENT' : 'HUABEI'
}

/** When a customer who was refused at `at` comes back after all: later that day, or the next day within 24 hours. */
export function comesBackAt(merchant: Merchant, day: Day, at: number, random: Random): number {
  const trade = tradeOf(merchant.record.mcc)
  const midnight = midnightOf(day)
  const today = [at + 0.5 * HOUR, midnight + (trade.closes - 0.1) * HOUR] as const
  const tomorrow = [midnight + (24 + trade.opens) * HOUR, at + 23.5 * HOUR] as const
  const later = random.chance(0.6)
  const at24 = at + 24 * HOUR - SECOND
  const [from, to] = today[0] < today[1] && (later || tomorrow[0] >= tomorrow[1]) ? today : tomorrow
  return Math.min(at24, Math.round(random.between(from, Math.max(from + SECOND, to))))
}
