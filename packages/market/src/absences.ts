// When a till can't reach its gateway: the network of a city is down for a provider, the till itself is offline for hours
// or days, or it has fallen silent for good. Invented, to look right; what a till records meanwhile waits in it.
//
// All of it hangs on the market's seed and the calendar alone, so it is the same in whatever order one asks.
import { DAY, HOUR, MINUTE, dayAfter, dayOf, midnightOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import type { Market, Merchant } from './market.ts'
import { Random } from './random.ts'

/** From, included, to, excluded; milliseconds since 1970. */
export type Span = readonly [from: number, to: number]

/** Of the days of a city, those with an outage of one provider's network. */
const OUTAGE = 1 / 20
/** Of the weeks of a till, those in which it goes offline on its own. */
const OFFLINE = 0.12
/** Of the tills, those that fall silent within thirty days: stolen, broken, put in a drawer. */
const SILENT = 0.03

/** A spell begins in the first four days of a week and lasts up to three, so that no two of a till meet. */
const LONGEST_SPELL = 3 * DAY
const WEEK = 7 * DAY
const MONTH = 30 * DAY

/** The outage of that provider's network in that city that begins on that day, if there is one. */
export function outageOn(of: Market, { record, city }: Merchant, day: Day): Span | null {
  const random = new Random(of.seed, 'outage', record.providerId, city, day)
  if (!random.chance(OUTAGE)) return null
  const from = midnightOf(day) + Math.round(random.between(9, 21) * HOUR)
  return [from, from + Math.round(random.between(10, 180) * MINUTE)]
}

/** A till's weeks begin when they like: else all would go offline on the same days. */
function weekOf({ merchantNo }: Merchant, terminalNo: string, at: number): { week: number; begins: number } {
  const shift = new Random('week', merchantNo, terminalNo).below(WEEK)
  const week = Math.floor((at - shift) / WEEK)
  return { week, begins: week * WEEK + shift }
}

/** The spell during which the till is offline on its own that lies in the till's week around `at`, if there is one. */
export function spellAround(of: Market, merchant: Merchant, terminalNo: string, at: number): Span | null {
  const { week, begins } = weekOf(merchant, terminalNo, at)
  const random = new Random(of.seed, 'offline', merchant.merchantNo, terminalNo, week)
  if (!random.chance(OFFLINE)) return null
  const from = begins + Math.floor(random.between(0, WEEK - LONGEST_SPELL))
  // From an hour to three days, short ones more often.
  return [from, from + Math.floor(HOUR * (LONGEST_SPELL / HOUR) ** random.next())]
}

/** When the till falls silent for good, at `since` or later; null where it doesn't before `until`. */
export function silentFrom(
  of: Market,
  { merchantNo }: Merchant,
  terminalNo: string,
  { since, until }: { since: number; until: number },
): number | null {
  for (let month = Math.floor(since / MONTH); month * MONTH < until; month += 1) {
    const random = new Random(of.seed, 'silent', merchantNo, terminalNo, month)
    const at = Math.round((month + random.next()) * MONTH)
    if (random.chance(SILENT) && at >= since && at < until) return at
  }
  return null
}

/** A till's absences, asked for again and again at about the same time. */
export class Absences {
  readonly #of: Market
  readonly #merchant: Merchant
  readonly #terminalNo: string
  readonly #silentFrom: number
  #spell: { from: number; to: number; span: Span | null } = { from: 0, to: 0, span: null }
  readonly #outages = new Map<Day, Span | null>()

  /** Nothing that lies before `since` made the till silent. */
  constructor(of: Market, merchant: Merchant, terminalNo: string, days: { since: Day; until: Day }) {
    this.#of = of
    this.#merchant = merchant
    this.#terminalNo = terminalNo
    const range = { since: midnightOf(days.since), until: midnightOf(dayAfter(days.until)) }
    this.#silentFrom = silentFrom(of, merchant, terminalNo, range) ?? Infinity
  }

  /** When the gateway gets what the till records at `at`: at once, on the till's return, or never (Infinity). */
  reaches(at: number): number {
    if (at >= this.#silentFrom) return Infinity
    let then = at
    for (let span = this.#spanAt(then); span !== null; span = this.#spanAt(then)) then = span[1]
    // A till that breaks while it is offline takes along what it had kept.
    return then >= this.#silentFrom ? Infinity : then
  }

  #spanAt(at: number): Span | null {
    const day = dayOf(at)
    const spans = [this.#spellIn(at), this.#outageOn(day), this.#outageOn(dayAfter(day, -1))]
    return spans.find((span) => span !== null && at >= span[0] && at < span[1]) ?? null
  }

  #spellIn(at: number): Span | null {
    if (at < this.#spell.from || at >= this.#spell.to) {
      const { begins } = weekOf(this.#merchant, this.#terminalNo, at)
      const span = spellAround(this.#of, this.#merchant, this.#terminalNo, at)
      this.#spell = { from: begins, to: begins + WEEK, span }
    }
    return this.#spell.span
  }

  #outageOn(day: Day): Span | null {
    const known = this.#outages.get(day)
    if (known !== undefined) return known
    const outage = outageOn(this.#of, this.#merchant, day)
    // Asked for day after day: the older ones are not asked for again.
    if (this.#outages.size > 3) this.#outages.clear()
    this.#outages.set(day, outage)
    return outage
  }
}
