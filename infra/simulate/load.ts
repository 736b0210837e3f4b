/**
 * Lets the market's days pass: its time runs faster than ours by one factor, so that the average comes to the rate and the
 * days keep their shape. It waits where the gateways have too much in hand, so that nothing has to make room.
 *
 * The trade lies in the past and runs up to now. Then the last days are traded once more with other customers: a shop has
 * so many more of them, at the same hours.
 */

import { Absences } from '@tillsight/market/absences.ts'
import { dayAfter, dayOf, midnightOf, type Day } from '@tillsight/market/calendar.ts'
import type { Delivery } from '@tillsight/market/delivery.ts'
import { lapOf, type Market } from '@tillsight/market/market.ts'
import { WAKING_DAY, eventsPerDay, wakingAfter } from '@tillsight/market/pace.ts'
import { DaysAhead } from './days-ahead.ts'
import type { Gateway } from './gateway.ts'

export interface LoadOptions {
  market: Market
  /** By provider. */
  gateways: ReadonlyMap<string, Pick<Gateway, 'record' | 'queued'>>
  rate: number
  /** How many days ago it begins. */
  days: number
}

/** Tillsight counts the numbers that are missing over thirty days; a lap beyond them would seem to lack the others' numbers. */
const daysOfLaterLaps = 29
const mostQueued = 25_000
const mostAtOnce = 5_000
/** Of the time between two steps, for making the next day ready. */
const prepareMs = 10

export class Load {
  readonly #options: LoadOptions
  readonly #providers: Map<string, string>
  readonly #tills: Absences[]
  /** Market milliseconds a millisecond. */
  readonly #speed: number
  readonly perDay: number
  /** Its first day. */
  readonly since: Day
  #trade: DaysAhead
  #end: number
  #now: number
  lap = 1

  constructor(options: LoadOptions) {
    const { market, rate, days } = options
    const today = dayOf(Date.now())
    const from = dayAfter(today, -days)
    this.#options = options
    this.since = from
    this.#providers = new Map(market.merchants.map(({ merchantNo, record }) => [merchantNo, record.providerId]))
    this.#tills = market.merchants.flatMap((merchant) =>
      merchant.terminals.map(
        ({ terminalNo }) => new Absences(market, merchant, terminalNo, { since: from, until: today }),
      ),
    )
    this.perDay = eventsPerDay(market, from)
    this.#speed = (WAKING_DAY * rate) / (this.perDay * 1_000)
    ;({ trade: this.#trade, now: this.#now, end: this.#end } = this.#lapFrom(from))
  }

  #lapFrom(from: Day) {
    const { market } = this.#options
    const to = dayOf(Date.now())
    const trade = new DaysAhead(lapOf(market, this.lap), { from, to, shops: market, since: this.since })
    return { trade, now: wakingAfter(midnightOf(from), 0), end: midnightOf(dayAfter(to)) }
  }

  /** The market's time, UTC milliseconds. */
  get now(): number {
    return this.#now
  }

  /** How many tills can't reach their gateway now. */
  get offline(): number {
    return this.#tills.filter((till) => till.reaches(this.#now) > this.#now).length
  }

  /** Lets so many milliseconds pass, and records what reaches the gateways meanwhile. */
  step(ms: number): void {
    const { gateways } = this.#options
    if ([...gateways.values()].some(({ queued }) => queued > mostQueued)) return
    const end = Math.min(Date.now(), this.#end)
    const until = Math.min(wakingAfter(this.#now, ms * this.#speed), end)
    const due = this.#trade.take(until, mostAtOnce)
    this.#record(due)
    // With more than can be recorded at once, its time waits.
    this.#now = due.length < mostAtOnce ? until : (due.at(-1)?.reachedAt ?? until)
    if (this.#now >= end) this.#nextLap()
    else this.#trade.prepare(prepareMs)
  }

  #record(due: readonly Delivery[]): void {
    const now = performance.now()
    const byProvider = Map.groupBy(due, ({ merchantNo }) => this.#providers.get(merchantNo) ?? '')
    for (const [provider, deliveries] of byProvider) this.#options.gateways.get(provider)?.record(deliveries, now)
  }

  #nextLap(): void {
    this.lap += 1
    const days = Math.min(this.#options.days, daysOfLaterLaps)
    ;({ trade: this.#trade, now: this.#now, end: this.#end } = this.#lapFrom(dayAfter(dayOf(Date.now()), -days)))
  }
}
