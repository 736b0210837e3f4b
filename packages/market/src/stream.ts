// What the tills send, day after day, numbered as they send it.
import { dayAfter, daysFrom, midnightOf, timestamp } from './calendar.ts'
import type { Day } from './calendar.ts'
import { checkoutsOf } from './day.ts'
import { inTime } from './events.ts'
import type { MarketEvent, UnnumberedEvent } from './events.ts'
import type { Market, Merchant } from './market.ts'
import { Random } from './random.ts'
import { reportsOf } from './reports.ts'

/** The events of all shops with local times from `from` to `to`, both inclusive, in order of time.
 *  A later `to` only adds events at the end; another `from` is another stream, with other numbers. */
export function* marketEvents(of: Market, { from, to }: { from: Day; to: Day }): Generator<MarketEvent> {
  const streams = of.merchants.map((merchant) => numberedDaysOf(of, merchant, from, to))
  for (;;) {
    const days = streams.map((stream) => stream.next())
    if (days.every(({ done }) => done)) return
    yield* days.flatMap(({ value }) => value ?? []).sort(inTime)
  }
}

/** One shop's events, in order of time; each till's `sequence` rises by one with every event. */
export function* streamOf(of: Market, merchant: Merchant, from: Day, to: Day): Generator<MarketEvent> {
  for (const day of numberedDaysOf(of, merchant, from, to)) yield* day
}

function* numberedDaysOf(of: Market, merchant: Merchant, from: Day, to: Day): Generator<MarketEvent[], undefined> {
  const sent = new Map<string, number>()
  const number = (event: UnnumberedEvent): MarketEvent => {
    // A till was in use before the stream begins, so it doesn't count from 1.
    const last = sent.get(event.source) ?? new Random(of.seed, event.source, 'sequence').below(9_000) + 1_000
    sent.set(event.source, last + 1)
    return { ...event, sequence: String(last + 1) }
  }
  for (const day of daysOf(of, merchant, from, to)) yield day.map(number)
}

/** One shop's events before anybody numbers them: a list for each day, in order of time. */
export function* daysOf(of: Market, merchant: Merchant, from: Day, to: Day): Generator<UnnumberedEvent[], undefined> {
  let tomorrows: UnnumberedEvent[] = []
  for (const day of daysFrom(from, to)) {
    const events = [
      ...tomorrows,
      ...reportsOf(of, merchant, day, day === from),
      ...checkoutsOf(of, merchant, day).flatMap((checkout) => checkout.events),
    ]
    // A basket refused today may be paid tomorrow.
    const midnight = timestamp(midnightOf(dayAfter(day)))
    tomorrows = events.filter(({ time }) => time >= midnight)
    yield events.filter(({ time }) => time < midnight).sort(inTime)
  }
}
