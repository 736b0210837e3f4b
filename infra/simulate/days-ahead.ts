/** What reaches the gateways of a whole market, in order. While one day passes, the next is made ready bit by bit. */

import { dayAfter, midnightOf, type Day } from '@tillsight/market/calendar.ts'
import { deliveriesOf, type Delivery } from '@tillsight/market/delivery.ts'
import type { Market } from '@tillsight/market/market.ts'

export class DaysAhead {
  readonly #shops: Generator<Delivery[], undefined>[]
  readonly #to: Day
  #today: Delivery[] = []
  #taken = 0
  /** The day that is made ready. */
  #next: Day
  #tomorrow: Delivery[][] = []

  constructor(of: Market, days: Parameters<typeof deliveriesOf>[2]) {
    this.#shops = of.merchants.map((merchant) => deliveriesOf(of, merchant, days))
    this.#next = days.from
    this.#to = days.to
  }

  /** Works on the next day, a shop at a time, for about so many milliseconds. */
  prepare(ms: number): void {
    if (this.#next > this.#to) return
    const until = performance.now() + ms
    while (this.#tomorrow.length < this.#shops.length && performance.now() < until) {
      const { value } = this.#shops[this.#tomorrow.length]?.next() ?? {}
      this.#tomorrow.push(value ?? [])
    }
  }

  /** The next deliveries, in order, of those before `until`; at most so many. */
  take(until: number, most: number): Delivery[] {
    const taken: Delivery[] = []
    while (taken.length < most) {
      const delivery = this.#today[this.#taken]
      if (delivery === undefined) {
        if (this.#next > this.#to || midnightOf(this.#next) >= until) break
        this.#turn()
      } else {
        if (delivery.reachedAt >= until) break
        taken.push(delivery)
        this.#taken += 1
      }
    }
    return taken
  }

  #turn(): void {
    this.prepare(Infinity)
    this.#today = this.#tomorrow.flat().sort((a, b) => a.reachedAt - b.reachedAt)
    this.#taken = 0
    this.#tomorrow = []
    this.#next = dayAfter(this.#next)
  }
}
