// Hard streams for one merchant: valid events that collide, tie, repeat and sit on edges.

import fc from 'fast-check'
import { addDays, startOfDay } from './local-time.ts'
import { canonical, utcMilliseconds } from './order.ts'
import { W } from './outcome.ts'
import type { IntervalName } from './intervals.ts'
import type { OwnCode } from './reasons.ts'
import { changedCopies, shuffled, ways } from './stream-copies.ts'
import { sketchedCheckouts, sketchedReports, type Sketch } from './stream-events.ts'
import { ownCodes } from './stream-pools.ts'
import { day, minute, momentOf, scenes, timeZones, written, type Scene } from './stream-moments.ts'
import type { WireEvent } from './wire-event.ts'

export type StreamOptions = {
  merchantNo?: string
  /** What the accepting server's clock says, UTC milliseconds: every event is valid for it. Default `Date.now()`. */
  today?: number
  /** The local day streams play around. Default: one three weeks before `today`, a month's end, or a clock change. */
  date?: string
  /** The local hours that checkouts gather around, besides midnight; default 10. */
  hours?: readonly number[]
  /** Which time zones; default all four. */
  timeZones?: readonly string[]
  /** The reading clock; default one of the edges that matter to the stream. */
  now?: number
  /** 20 to 60 checkouts instead of 2 to 12, so that the abandonment rate is often known. */
  many?: boolean
  /** Default all four. */
  intervals?: readonly IntervalName[]
}

export type Stream = {
  merchantNo: string
  timeZone: string
  /** Terminal numbers, all of them to be registered. */
  terminals: string[]
  /** Each event once. */
  events: WireEvent[]
  /** The same set, every event at least once, repeated, rewritten and shuffled. */
  deliveries: WireEvent[]
  ownCodes: OwnCode[]
  now: number
  from: string
  to: string
  interval: IntervalName
}

// How far a range may reach before and after the scene's day.
const reach: Readonly<Record<IntervalName, number>> = { hour: 1, day: 2, week: 10, month: 40 }

// Half the streams are read midway, nothing later having been sent: else hardly a checkout were open.
const midwayDelays = fc.constantFrom(0, minute, W - 1, W - 1, W, W, W + 1, -5 * minute)

const allTerminals = ['10000001', '10000002', '9000000A', '10000003']

export function streams(options: StreamOptions = {}): fc.Arbitrary<Stream> {
  const { merchantNo = '898584058120001', today = Date.now(), many = false } = options
  return fc
    .record({
      scene: scenes(today, options.timeZones ?? timeZones, options.date, options.hours),
      terminals: fc.integer({ min: 1, max: 4 }).map((count) => allTerminals.slice(0, count)),
      /** Terminals that report only declines; a number beyond the terminals: none. */
      silent: fc.nat({ max: 5 }),
      checkouts: many
        ? fc.array(sketchedCheckouts(3), { minLength: 20, maxLength: 60, size: 'max' })
        : fc.array(sketchedCheckouts(6), { minLength: 2, maxLength: 12, size: 'max' }),
      reports: fc.array(sketchedReports, { maxLength: many ? 8 : 5, size: 'max' }),
      copies: fc.array(changedCopies, { maxLength: many ? 20 : 10, size: 'max' }),
      repeats: fc.array(fc.record({ of: fc.nat(), way: ways }), {
        maxLength: many ? 30 : 20,
        size: 'max',
      }),
      firstWay: ways,
      seed: fc.nat(),
      ownCodes: fc.oneof(fc.constant<OwnCode[]>([]), ownCodes),
      interval: fc.constantFrom(...(options.intervals ?? (['day', 'hour', 'week', 'month'] as const))),
      before: fc.nat(),
      after: fc.nat(),
      clock: fc.nat(),
      midway: fc.option(fc.record({ of: fc.nat(), after: midwayDelays }), { freq: 2 }),
    })
    .map((drawn): Stream => {
      const { scene, terminals, interval } = drawn
      const sketched = [
        ...drawn.checkouts.flatMap(({ start, events }, index) =>
          events.map((event) => ({ event, start, checkoutId: `c${index}` })),
        ),
        ...drawn.reports.map((event) => ({ event, start: event.start, checkoutId: undefined })),
      ]
      const told = sketched
        .filter(
          ({ event }) =>
            !(event.type === 'tillsight.payment.succeeded' && event.terminal % terminals.length === drawn.silent),
        )
        .map(({ event, start, checkoutId }, index) =>
          wireEvent(
            event,
            `n${index}`,
            momentOf(scene, start),
            `urn:terminal:${merchantNo}:${terminals[event.terminal % terminals.length]}`,
            checkoutId,
          ),
        )
      const copies = drawn.copies.flatMap(({ of, change }) => {
        const original = told[of % told.length]
        return original === undefined ? [] : [change(original, terminals)]
      })
      const whole = [...new Map([...told, ...copies].map((event) => [canonical(event), event])).values()]
      const pause = drawn.midway === null ? undefined : whole[drawn.midway.of % whole.length]
      const midway =
        pause === undefined || options.now !== undefined
          ? null
          : utcMilliseconds(pause.time) + (drawn.midway?.after ?? 0)
      const events =
        midway === null ? whole : whole.filter((event) => utcMilliseconds(event.time) <= midway + 5 * minute)
      const repeats = drawn.repeats.flatMap(({ of, way }) => {
        const original = events[of % events.length]
        return original === undefined ? [] : [way(original)]
      })
      const firsts = events.map((event, index) => (index % 3 === 0 ? drawn.firstWay(event) : event))
      const from = addDays(scene.date, -(drawn.before % (reach[interval] + 1)))
      const to = addDays(scene.date, drawn.after % (reach[interval] + 1))
      return {
        merchantNo,
        timeZone: scene.timeZone,
        terminals,
        events,
        deliveries: shuffled([...firsts, ...repeats], drawn.seed),
        ownCodes: drawn.ownCodes,
        now: options.now ?? midway ?? clockOf(scene, events, to, drawn.clock),
        from,
        to,
        interval,
      }
    })
}

function wireEvent(
  sketch: Sketch,
  ownId: string,
  start: number,
  source: string,
  checkoutId: string | undefined,
): WireEvent {
  return {
    specversion: '1.0',
    id: sketch.id ?? ownId,
    source,
    type: sketch.type,
    time: written(start + sketch.delay, 480),
    data: { ...(checkoutId === undefined ? {} : { checkoutId }), ...sketch.data },
  }
}

/**
 * A clock at an edge: W after some event, 24 h after the end of a day, or long after. Never more than
 * five minutes before the newest event, which would be refused as being in the future.
 */
function clockOf(scene: Scene, events: readonly WireEvent[], to: string, drawn: number): number {
  const times = events.map((event) => utcMilliseconds(event.time))
  const newest = Math.max(...times, startOfDay(scene.date, scene.timeZone))
  const ends = [scene.date, addDays(scene.date, 1), to].map((date) => startOfDay(addDays(date, 1), scene.timeZone))
  const edges = [...times.map((time) => time + W), ...ends.map((end) => end + day)]
    .flatMap((edge) => [edge - 1, edge, edge + 1])
    .filter((edge) => edge >= newest - 5 * minute)
  const candidates = [newest + 60 * day, newest - 5 * minute, newest, ...new Set(edges)]
  return candidates[drawn % candidates.length] ?? newest
}
