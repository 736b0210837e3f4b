// The judge of completeness: a slow, plain reading of the words at the head of packages/shared/src/metrics/completeness*.ts
// and terminal-health.ts. It shares no code with what it judges.

import { addDays, localDay, startOfDay } from './local-time.ts'

/** One copy of an event as it came in; of any order, with any repeats, of any terminals of one merchant. */
export type Arrival = {
  terminalNo: string
  id: string
  /** UTC milliseconds, by the terminal's clock. */
  time: number
  /** Null: it carries none. */
  sequence: bigint | null
  /** UTC milliseconds, by our clock. */
  receivedAt: number
}

const hour = 3_600_000
const day = 24 * hour

/** "An event is one (id, time, sequence) of a terminal [...] It arrived when its first copy did". */
function eventsOf(arrivals: readonly Arrival[], terminalNo: string): Arrival[] {
  const events: Arrival[] = []
  for (const copy of arrivals) {
    if (copy.terminalNo !== terminalNo) continue
    const known = events.find(
      ({ id, time, sequence }) => id === copy.id && time === copy.time && sequence === copy.sequence,
    )
    if (known === undefined) events.push({ ...copy })
    else known.receivedAt = Math.min(known.receivedAt, copy.receivedAt)
  }
  return events
}

/** "its arrival − its `time`" */
const delayOf = (event: Arrival): number => event.receivedAt - event.time

const inOrder = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b)

export function judgeHealth(arrivals: readonly Arrival[], terminalNo: string, now: number) {
  const events = eventsOf(arrivals, terminalNo)
  // "of the last 30 days", "over the last 7 days"
  const lastMonth = events.filter(({ time }) => time > now - 30 * day)
  const lastWeek = events.filter(({ time }) => time > now - 7 * day)
  const delays = inOrder(lastWeek.map(delayOf))
  const offset = delays[0] ?? null
  // "of n of them in order, `median` is the one with ⌊n ÷ 2⌋ before it, `p95` the one with ⌊0.95 n⌋"
  const late = (before: number) => (offset === null ? null : (delays[before] ?? NaN) - offset)
  const newest = events.length === 0 ? null : new Date(Math.max(...events.map(({ time }) => time))).toISOString()
  return {
    lastEventAt: newest,
    received: lastMonth.length,
    missing: missingOf(lastMonth),
    lateMs: { median: late(Math.floor(delays.length / 2)), p95: late(Math.floor(delays.length * 0.95)) },
    clockOffsetMs: offset,
    heardForMs: lastMonth.length === 0 ? null : heardFor(lastMonth),
    silentSince: newest !== null && isSilent(lastMonth, now) ? newest : null,
  }
}

/** "between the first and the last arrival of the last 30 days' events" */
function heardFor(lastMonth: readonly Arrival[]): number {
  const arrivedAt = lastMonth.map(({ receivedAt }) => receivedAt)
  return Math.max(...arrivedAt) - Math.min(...arrivedAt)
}

/** "numbers absent between the smallest and the largest `sequence`" */
function missingOf(events: readonly Arrival[]): number | null {
  const numbers = numbersOf(events)
  const [smallest, largest] = [numbers[0], numbers.at(-1)]
  if (smallest === undefined || largest === undefined) return null
  return Number(largest - smallest + 1n - BigInt(numbers.length))
}

/** Distinct, in order. */
function numbersOf(events: readonly Arrival[]): bigint[] {
  const numbers = new Set(events.map(({ sequence }) => sequence).filter((number) => number !== null))
  return [...numbers].toSorted((a, b) => (a < b ? -1 : 1))
}

/** The words of completeness-silence.ts, hour by hour. */
function isSilent(lastMonth: readonly Arrival[], now: number): boolean {
  const heard = new Set(lastMonth.map(({ receivedAt }) => Math.floor(receivedAt / hour)))
  if (heard.size === 0) return true
  const first = Math.min(...heard)
  const last = Math.max(...heard)
  let usual = 0
  for (let quiet = last + 1; quiet < Math.floor(now / hour); quiet++) {
    const weeks = [1, 2, 3, 4].map((k) => quiet - k * 7 * 24).filter((before) => before >= first && before <= last)
    if (weeks.length > 0) usual += weeks.filter((before) => heard.has(before)).length / weeks.length
  }
  // A third of a sum of thirds is not one in floating point.
  return usual > 6 - 1e-9
}

export type Question = {
  arrivals: readonly Arrival[]
  terminalNo: string
  timeZone: string
  from: string
  to: string
}

export function judgeCompleteness({ arrivals, terminalNo, timeZone, from, to }: Question) {
  const events = eventsOf(arrivals, terminalNo)
  const { gaps, restarts, repeated } = judgeNumbers(events, timeZone, from, to)
  const days = []
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const own = events.filter(({ time }) => localDay(time, timeZone) === date)
    // "their smallest delay over the 7 local days that end with it"
    const week = events.filter(({ time }) => {
      const its = localDay(time, timeZone)
      return its > addDays(date, -7) && its <= date
    })
    const offset = week.length === 0 ? null : Math.min(...week.map(delayOf))
    const late = inOrder(own.map(delayOf)).map((delay) => delay - (offset ?? NaN))
    const isNumbered = own.some(({ sequence }) => sequence !== null)
    days.push({
      day: date,
      events: own.length,
      missing: isNumbered ? Number(sum(gaps.filter((gap) => gap.day === date).map(({ missing }) => missing))) : null,
      lateMs: { median: late[Math.floor(late.length / 2)] ?? null, max: late.at(-1) ?? null },
      clockOffsetMs: offset,
    })
  }
  return {
    days,
    gaps: gaps.map(({ day: _, ...gap }) => ({ ...gap, missing: Number(gap.missing) })),
    restarts,
    repeated,
  }
}

const sum = (numbers: bigint[]): bigint => numbers.reduce((total, number) => total + number, 0n)

type Numbered = { time: number; number: bigint; receivedAt: number }
type Run = { restart: { at: number; number: bigint; previous: bigint } | null; events: Numbered[] }

/** The words of completeness-numbers.ts: all the gaps and restarts there are, run by run. */
function judgeNumbers(events: readonly Arrival[], timeZone: string, from: string, to: string) {
  const isAsked = (time: number) => {
    const its = localDay(time, timeZone)
    return its >= from && its <= to
  }
  // "from 30 days before the range to a day after it", which are times, not dates
  const begin = startOfDay(from, timeZone) - 30 * day
  const end = startOfDay(addDays(to, 1), timeZone) + day
  const read = events.filter(({ time, sequence }) => sequence !== null && time >= begin && time < end)

  const gaps = []
  const restarts = []
  let repeated = 0
  for (const { restart, events: own } of runsOf(read)) {
    if (restart !== null && isAsked(restart.at)) restarts.push(restart)
    let below: { number: bigint; time: number } | null = null
    for (const number of new Set(own.map((event) => event.number).toSorted((a, b) => (a < b ? -1 : 1)))) {
      const times = own.filter((event) => event.number === number).map(({ time }) => time)
      const time = Math.min(...times)
      if (new Set(times).size > 1 && isAsked(time)) repeated += 1
      if (below !== null && number > below.number + 1n && isAsked(time)) {
        gaps.push({
          day: localDay(time, timeZone),
          from: String(below.number + 1n),
          to: String(number - 1n),
          missing: number - below.number - 1n,
          after: new Date(below.time).toISOString(),
          before: new Date(time).toISOString(),
        })
      }
      below = { number, time }
    }
  }
  return { gaps, restarts, repeated }
}

function runsOf(events: readonly Arrival[]): Run[] {
  // What shares time and number is one number at one time; it arrived when the first of it did.
  const numbered: Numbered[] = []
  for (const { time, sequence, receivedAt } of events) {
    if (sequence === null) continue
    const known = numbered.find((one) => one.time === time && one.number === sequence)
    if (known === undefined) numbered.push({ time, number: sequence, receivedAt })
    else known.receivedAt = Math.min(known.receivedAt, receivedAt)
  }
  numbered.sort((a, b) => a.time - b.time || (a.number < b.number ? -1 : 1))
  const runs: Run[] = [{ restart: null, events: [] }]
  for (const [i, event] of numbered.entries()) {
    const before = numbered[i - 1]
    // "less than half of the one before it, and did not arrive before it"
    if (before !== undefined && 2n * event.number < before.number && event.receivedAt >= before.receivedAt) {
      runs.push({ restart: { at: event.time, number: event.number, previous: before.number }, events: [] })
    }
    runs.at(-1)?.events.push(event)
  }
  return runs
}
