// The merchant's clock, by Intl alone.

const quarterHour = 15 * 60_000

/** What a clock on the wall of the shop says. `offset` in minutes east of UTC. */
export type WallClock = {
  date: string
  hour: number
  minute: number
  second: number
  offset: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, format)
  return format
}

export function wallClock(instant: number, timeZone: string): WallClock {
  const parts = formatOf(timeZone).formatToParts(instant)
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value)
  const [year, month, day] = [read('year'), read('month'), read('day')]
  const [hour, minute, second] = [read('hour'), read('minute'), read('second')]
  const wall = Date.UTC(year, month - 1, day, hour, minute, second)
  const offset = (wall - Math.floor(instant / 1000) * 1000) / 60_000
  return { date: new Date(wall).toISOString().slice(0, 10), hour, minute, second, offset }
}

export function localDay(instant: number, timeZone: string): string {
  return wallClock(instant, timeZone).date
}

/** A date `days` later (or earlier); dates are plain `YYYY-MM-DD`, with no zone. */
export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** Found once each: the judge is asked thousands of times for the same few days. */
const daysKnown = new Map<string, number>()

/** The first instant of a local day. Every zone changes its clock on a quarter of an hour, by two hours at most. */
export function startOfDay(date: string, timeZone: string): number {
  const known = daysKnown.get(`${timeZone} ${date}`)
  if (known !== undefined) return known
  const midnight = Date.parse(`${date}T00:00:00Z`)
  let instant = midnight - wallClock(midnight, timeZone).offset * 60_000 - 3 * 60 * 60_000
  while (localDay(instant, timeZone) < date) instant += quarterHour
  daysKnown.set(`${timeZone} ${date}`, instant)
  return instant
}

/** Every quarter of an hour of a range of local dates, both inclusive. */
export function quarterHours(from: string, to: string, timeZone: string): number[] {
  const instants: number[] = []
  const end = startOfDay(addDays(to, 1), timeZone)
  for (let instant = startOfDay(from, timeZone); instant < end; instant += quarterHour) instants.push(instant)
  return instants
}

/** `2026-11-01T13:00:00+08:00`, with the offset in force then. */
export function formatLocal(clock: WallClock): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const east = Math.abs(clock.offset)
  const offset = `${clock.offset < 0 ? '-' : '+'}${two(Math.floor(east / 60))}:${two(east % 60)}`
  return `${clock.date}T${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}${offset}`
}
