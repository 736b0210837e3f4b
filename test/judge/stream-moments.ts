// Where in time a generated stream plays: few moments, each of them an edge of something.

import fc from 'fast-check'
import { addDays, localDay, startOfDay, wallClock } from './local-time.ts'
import { W } from './outcome.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** One local day and the instants that checkouts gather around. */
export type Scene = { timeZone: string; date: string; anchors: readonly number[] }

/** A moment a checkout or a report begins from: an anchor of the scene, and a shift in milliseconds. */
export type Start = { anchor: number; shift: number }

export const timeZones = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'] as const

/** The instants at which a zone's clock changed, found day by day, then minute by minute. */
function clockChanges(timeZone: string, since: number, until: number): number[] {
  const changes: number[] = []
  const offset = (instant: number) => wallClock(instant, timeZone).offset
  for (let instant = since; instant + day < until; instant += day) {
    if (offset(instant) === offset(instant + day)) continue
    let change = Math.ceil(instant / (15 * minute)) * 15 * minute
    while (offset(change) === offset(instant)) change += 15 * minute
    changes.push(change)
  }
  return changes
}

/** The last day of the month before `date`'s. */
function lastOfTheMonthBefore(date: string): string {
  return addDays(`${date.slice(0, 7)}-01`, -1)
}

function sceneOf(timeZone: string, date: string, changes: readonly number[], atHour: number): Scene {
  const midnight = startOfDay(date, timeZone)
  return {
    timeZone,
    date,
    anchors: [
      midnight + atHour * hour,
      midnight,
      startOfDay(addDays(date, 1), timeZone),
      ...changes.filter((change) => localDay(change, timeZone) === date),
    ],
  }
}

/**
 * Scenes that a server whose clock says `today` still takes: from 390 days to some days ago. With
 * `date`, only that day. `hours`: the local hours that checkouts gather around, besides midnight.
 */
export function scenes(
  today: number,
  zones: readonly string[],
  date?: string,
  hours: readonly number[] = [10],
): fc.Arbitrary<Scene> {
  const found = zones.flatMap((timeZone) => {
    const changes = clockChanges(timeZone, today - 390 * day, today - 6 * day)
    const weeksAgo = localDay(today - 21 * day, timeZone)
    const dates = [weeksAgo, lastOfTheMonthBefore(weeksAgo), ...changes.map((change) => localDay(change, timeZone))]
    return (date === undefined ? dates : [date]).flatMap((each) =>
      hours.map((atHour) => sceneOf(timeZone, each, changes, atHour)),
    )
  })
  return fc.constantFrom(...found)
}

export const starts: fc.Arbitrary<Start> = fc.record({
  anchor: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat({ max: 3 }) }),
  shift: fc.constantFrom(0, 0, 0, -1, 1, -W, W, -day, -day - 1),
})

export function momentOf(scene: Scene, start: Start): number {
  const anchor = scene.anchors[start.anchor % scene.anchors.length]
  if (anchor === undefined) throw new Error('a scene without anchors')
  return anchor + start.shift
}

// Delays after a checkout's start. From the least (-23 h) to the greatest (24 h + W + 1 ms) they span
// less than 48 h, even where a copy is timed 1 ms further out.
export const delays = fc.constantFrom(
  ...[0, 0, 0, 1, -1, minute, minute, W - 1, W, W + 1, hour, day - 1, day, day + 1, -hour],
)
export const soonDelays = fc.constantFrom(0, 0, 1, minute, minute, W - 1, W)
export const reversalDelays = fc.constantFrom(
  ...[-23 * hour, 0, minute, hour, day - 1, day, day + 1, day + minute, day + minute + 1, day + W, day + W + 1],
)
export const reportDelays = fc.constantFrom(0, 0, 1, -1, -hour, minute, W)

/** An instant as RFC 3339 with milliseconds at an offset in minutes. */
export function written(instant: number, offset: number): string {
  const wall = new Date(instant + offset * minute).toISOString().slice(0, -1)
  if (offset === 0) return `${wall}Z`
  const two = (value: number) => String(value).padStart(2, '0')
  const east = Math.abs(offset)
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(east / 60))}:${two(east % 60)}`
}
