// What reaches a shop's gateway, and when: the trade of its tills, as their firmware writes it, held up where they can't
// reach it. A till that comes back hands over all it has kept at once, in the order of writing.
import { Absences } from './absences.ts'
import { dayAfter, midnightOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import { sourceOf } from './events.ts'
import { writtenBy } from './firmware.ts'
import type { Written } from './firmware.ts'
import type { Market, Merchant } from './market.ts'
import { daysOf } from './stream.ts'

export type Delivery = {
  /** When the gateway gets it, UTC milliseconds. */
  reachedAt: number
  merchantNo: string
  written: Written
}

type Days = {
  /** The first and the last day of the trade. */
  from: Day
  to: Day
  /** The market whose absences and firmware count, where it isn't that of the trade: laps share them. */
  shops?: Market
  /** No till fell silent before that day; default `from`. */
  since?: Day
}

/**
 * One list for each day, in the order of reaching the gateway; each till's own are in the order of writing. What is still
 * held up at the end of the last day, and what a till wrote after it fell silent, is in none.
 */
export function* deliveriesOf(
  of: Market,
  merchant: Merchant,
  { from, to, shops = of, since = from }: Days,
): Generator<Delivery[], undefined> {
  const { merchantNo } = merchant
  const tills = new Map(
    merchant.terminals.map((till) => [
      sourceOf(merchantNo, till.terminalNo),
      { till, absences: new Absences(shops, merchant, till.terminalNo, { since, until: to }) },
    ]),
  )
  let held: Delivery[] = []
  let day = from
  for (const events of daysOf(of, merchant, from, to)) {
    const midnight = midnightOf(dayAfter(day))
    const written = events.flatMap((event) => {
      const known = tills.get(event.source)
      if (known === undefined) return []
      const { till, absences } = known
      return writtenBy(shops, merchant, till, event).map((one) => ({ one, absences }))
    })
    // By the time of writing first: those that come together stay in that order below.
    const deliveries = written
      .sort((a, b) => a.one.at - b.one.at)
      .map(({ one, absences }): Delivery => ({ reachedAt: absences.reaches(one.at), merchantNo, written: one }))
    const all = [...held, ...deliveries].filter(({ reachedAt }) => reachedAt < Infinity)
    held = all.filter(({ reachedAt }) => reachedAt >= midnight)
    yield all.filter(({ reachedAt }) => reachedAt < midnight).sort((a, b) => a.reachedAt - b.reachedAt)
    day = dayAfter(day)
  }
}
