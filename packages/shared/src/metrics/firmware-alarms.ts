/**
 * Alarms: a firmware at which checkouts suddenly fail more often, and the day it began.
 *
 * Two things are looked for, of each model and firmware. `day`: the share of failed checkouts is higher from some day on than before;
 * the day is that with the largest likelihood ratio. `installed`: it is higher than at the same terminals with what they ran
 * before; the day is the first with the firmware.
 *
 * Days are watched from `lookBackDays` before those shown: within a short range that lies in the bad time nothing rises any more.
 * What is over by then is not told: in the days shown, too, the share is higher by `leastRise`, whatever evidence they have.
 *
 * The rise is taken less that of all other terminals before and after the same day, so that what befalls everybody (a wallet's outage)
 * alarms of no firmware. Merchants are the observations (`clustered.ts`): a shop whose contract ended is one, however many checkouts
 * it has. Evidence: `fewest` on either side. An alarm is given where, were there no rise, so large a one would turn up in fewer
 * than one page in a hundred, over all firmwares and all days looked at (Bonferroni), and the rise is at least `leastRise`.
 */

import { clusteredDifference, sumOf, upperTail, type Tallies, type Tally } from './clustered.ts'
import type { DailyUse } from './compatibility.ts'

/** On either side; of the failed ones, after. */
export const fewest = { checkouts: 50, merchants: 8, days: 2, failed: 20, failingMerchants: 4 }
export const leastRise = 0.05
export const likelyByChance = 0.01
/** Whole weeks, so that weekends weigh alike; so many that a firmware at eight shops has shown by then what is usual with it. */
export const lookBackDays = 28

export interface FirmwareAlarm {
  model: string
  firmware: string
  kind: 'day' | 'installed'
  /** The watched day, counted from 0, on which it began. */
  day: number
  /** Decided checkouts (n) and failed ones (x). */
  before: Tally
  after: Tally
  merchants: number
  terminals: number
  /** Of the shares, less that of all others. */
  rise: number
  /** At most so likely by chance, over all that was looked at. */
  chance: number
}

interface Look {
  kind: 'day' | 'installed'
  day: number
  before: Tallies
  after: Tallies
  /** What of `after` is shown. */
  shown: Tally
}

interface Watched {
  /** So many; uses count them from 0. */
  days: number
  /** The first of those shown. */
  shownFrom: number
}

/** The surest first. */
export function firmwareAlarms(uses: readonly DailyUse[], { days, shownFrom }: Watched): FirmwareAlarm[] {
  const all = dailyOf(uses, days)
  let looked = 0
  const looks: { look: Look; those: readonly DailyUse[] }[] = []
  for (const those of Map.groupBy(uses, ({ model, firmware }) => JSON.stringify([model, firmware])).values()) {
    const daily = dailyOf(those, days)
    const candidates = daysToLookAt(daily)
    const installed = installOf(those, uses, shownFrom)
    looked += candidates.length + (installed === undefined ? 0 : 1)
    const day = likeliest(candidates, daily)
    if (day !== undefined) {
      // Only who was there on either side tells: else a firmware got worse whenever shops that fail more join it.
      const both = those.filter((use) => (use.days[0]?.day ?? day) < day && (use.days.at(-1)?.day ?? -1) >= day)
      const before = tallied(both, (each) => each < day)
      const after = tallied(both, (each) => each >= day)
      const shown = sumOf(tallied(both, (each) => each >= Math.max(day, shownFrom)))
      looks.push({ those, look: { kind: 'day', day, before, after, shown } })
    }
    if (installed !== undefined) looks.push({ those, look: installed })
  }
  const alarms = new Map<readonly DailyUse[], FirmwareAlarm>()
  for (const { look, those } of looks) {
    const alarm = enough(look) && lasts(look) ? alarmOf(look, those, all, looked) : undefined
    // A firmware that fails from its first day on is told once.
    if (alarm !== undefined && alarm.chance < (alarms.get(those)?.chance ?? Infinity)) alarms.set(those, alarm)
  }
  return [...alarms.values()].sort((a, b) => a.chance - b.chance)
}

function alarmOf(
  look: Look,
  those: readonly DailyUse[],
  all: readonly Tally[],
  looked: number,
): FirmwareAlarm | undefined {
  const [one] = those
  const own = clusteredDifference(look.before, look.after)
  const others = othersRise(those, all, look.day)
  const rise = own.value - others.value
  if (one === undefined || rise < leastRise) return undefined
  const chance = upperTail(rise / Math.sqrt(own.variance + others.variance), own.clusters - 1) * looked
  if (chance > likelyByChance) return undefined
  return {
    model: one.model,
    firmware: one.firmware,
    kind: look.kind,
    day: look.day,
    before: own.before,
    after: own.after,
    merchants: look.after.size,
    terminals: new Set(those.map(terminalOf)).size,
    rise,
    chance,
  }
}

/** Every day with enough checkouts, and days with some, on either side. */
function daysToLookAt(daily: readonly Tally[]): { day: number; before: Tally; after: Tally }[] {
  const whole = added(daily)
  const found: { day: number; before: Tally; after: Tally }[] = []
  const busy = (from: number, to: number): number => daily.slice(from, to).filter(({ n }) => n > 0).length
  let before: Tally = { n: 0, x: 0 }
  for (let day = 1; day < daily.length; day += 1) {
    before = added([before, daily[day - 1] ?? { n: 0, x: 0 }])
    const after = { n: whole.n - before.n, x: whole.x - before.x }
    if (Math.min(before.n, after.n) < fewest.checkouts) continue
    if (Math.min(busy(0, day), busy(day, daily.length)) < fewest.days) continue
    found.push({ day, before, after })
  }
  return found
}

const added = (tallies: readonly Tally[]): Tally =>
  tallies.reduce((sum, { n, x }) => ({ n: sum.n + n, x: sum.x + x }), { n: 0, x: 0 })

/** The day on which a rise explains the counts best; undefined where on none it rises. */
function likeliest(candidates: ReturnType<typeof daysToLookAt>, daily: readonly Tally[]): number | undefined {
  const without = logLikelihood(added(daily))
  let best: { day: number; ratio: number } | undefined
  for (const { day, before, after } of candidates) {
    if (after.x / after.n <= before.x / before.n) continue
    const ratio = logLikelihood(before) + logLikelihood(after) - without
    if (ratio > (best?.ratio ?? 0)) best = { day, ratio }
  }
  return best?.day
}

/** Of its counts, with the share that they show. */
function logLikelihood({ n, x }: Tally): number {
  const p = x / n
  return (x === 0 ? 0 : x * Math.log(p)) + (x === n ? 0 : (n - x) * Math.log(1 - p))
}

/** The same terminals before and after they got the firmware. */
function installOf(those: readonly DailyUse[], uses: readonly DailyUse[], shownFrom: number): Look | undefined {
  const since = new Map<string, number>()
  for (const use of those) {
    const first = use.days[0]?.day
    if (first !== undefined) since.set(terminalOf(use), Math.min(first, since.get(terminalOf(use)) ?? Infinity))
  }
  const [one] = those
  const earlier = uses.filter(
    (use) =>
      use.model === one?.model &&
      use.firmware !== one.firmware &&
      (use.days[0]?.day ?? Infinity) < (since.get(terminalOf(use)) ?? -1),
  )
  if (earlier.length === 0) return undefined
  const switched = new Set(earlier.map(terminalOf))
  const its = those.filter((use) => switched.has(terminalOf(use)))
  return {
    kind: 'installed',
    day: [...switched].reduce((first, terminal) => Math.min(first, since.get(terminal) ?? Infinity), Infinity),
    before: tallied(earlier, () => true),
    after: tallied(its, () => true),
    shown: sumOf(tallied(its, (each) => each >= shownFrom)),
  }
}

const terminalOf = ({ merchantNo, terminalNo }: DailyUse): string => `${merchantNo} ${terminalNo}`

function enough({ before, after }: Look): boolean {
  if (Math.min(before.size, after.size) < fewest.merchants) return false
  const [one, two] = [sumOf(before), sumOf(after)]
  if (Math.min(one.n, two.n) < fewest.checkouts || two.x < fewest.failed) return false
  return [...after.values()].filter(({ x }) => x > 0).length >= fewest.failingMerchants
}

function lasts({ before, shown }: Look): boolean {
  const usual = sumOf(before)
  return shown.n > 0 && shown.x / shown.n - usual.x / usual.n >= leastRise
}

function tallied(uses: readonly DailyUse[], counts: (day: number) => boolean): Tallies {
  const tallies = new Map<string, Tally>()
  for (const { merchantNo, days } of uses) {
    let { n, x } = tallies.get(merchantNo) ?? { n: 0, x: 0 }
    for (const { day, checkouts, failed } of days) {
      if (!counts(day)) continue
      n += checkouts
      x += failed
    }
    if (n > 0) tallies.set(merchantNo, { n, x })
  }
  return tallies
}

function dailyOf(uses: readonly DailyUse[], days: number): Tally[] {
  const daily = Array.from({ length: days }, () => ({ n: 0, x: 0 }))
  for (const use of uses) {
    for (const { day, checkouts, failed } of use.days) {
      const tally = daily[day]
      if (tally === undefined) throw new Error('a day that is not watched')
      tally.n += checkouts
      tally.x += failed
    }
  }
  return daily
}

/** Of all that is not this firmware's; none where there is too little to tell. */
function othersRise(
  those: readonly DailyUse[],
  all: readonly Tally[],
  day: number,
): { value: number; variance: number } {
  const own = dailyOf(those, all.length)
  const side = (counts: (each: number) => boolean): Tally =>
    all.reduce(
      (sum, { n, x }, each) =>
        counts(each) ? { n: sum.n + n - (own[each]?.n ?? 0), x: sum.x + x - (own[each]?.x ?? 0) } : sum,
      { n: 0, x: 0 },
    )
  const [before, after] = [side((each) => each < day), side((each) => each >= day)]
  if (Math.min(before.n, after.n) < fewest.checkouts) return { value: 0, variance: 0 }
  const variance = ({ n, x }: Tally): number => ((x + 1) * (n - x + 1)) / (n + 2) ** 3
  // Only a rise of the others excuses one: where fewer of theirs fail, this firmware did not get worse by that.
  return { value: Math.max(0, after.x / after.n - before.x / before.n), variance: variance(before) + variance(after) }
}
