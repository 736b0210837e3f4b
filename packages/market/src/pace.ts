// The market's time for those who let it pass faster: it keeps its shape, lunch, weekends and holidays, and skips the
// nights, in which nothing happens.
import { DAY, HOUR, dayAfter, dayOf, midnightOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import type { Market } from './market.ts'
import { SHOPS } from './shops.ts'
import { daysOf } from './stream.ts'

/** No shop is open before or after these hours, and no till reports (`TRADES`, `reportsOf`). */
const WAKES = 7
const SLEEPS = 23
export const WAKING_DAY = (SLEEPS - WAKES) * HOUR

/** The instant that so many waking milliseconds after `at` have passed. */
export function wakingAfter(at: number, ms: number): number {
  const midnight = midnightOf(dayOf(at))
  const passed = Math.min(Math.max(0, at - midnight - WAKES * HOUR), WAKING_DAY)
  const whole = Math.floor((passed + ms) / WAKING_DAY)
  return midnight + whole * DAY + WAKES * HOUR + ((passed + ms) % WAKING_DAY)
}

/** How many events the market has in a day, on the average of the week from `from` on, from a sample of its shops. */
export function eventsPerDay(of: Market, from: Day): number {
  // Shops of one kind differ only by chance.
  const sample = of.merchants.slice(0, SHOPS.length).map((merchant) => {
    const week = [...daysOf(of, merchant, from, dayAfter(from, 6))]
    return week.reduce((sum, day) => sum + day.length, 0) / 7
  })
  return of.merchants.reduce((sum, _merchant, i) => sum + (sample[i % sample.length] ?? 0), 0)
}
