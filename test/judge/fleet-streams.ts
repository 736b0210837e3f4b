// Fleets of terminals for `adoption`: reports at midnight and at t₀, days' edges in several zones, terminals that
// retire on the day they open.

import fc from 'fast-check'
import type { AdoptionQuestion } from './adoption.ts'
import { deeds, eventsOf, type Deed } from './deeds.ts'
import { addDays, localDay, startOfDay } from './local-time.ts'
import { canonical, utcMilliseconds } from './order.ts'
import type { OwnCode } from './reasons.ts'
import { shuffled, ways } from './stream-copies.ts'
import { sketchedCheckouts, type SketchedCheckout } from './stream-events.ts'
import { day, hour, timeZones, written } from './stream-moments.ts'
import { amounts, ids, ownCodes } from './stream-pools.ts'
import type { TerminalRecord } from './terminals.ts'
import type { WireData, WireEvent } from './wire-event.ts'

export type Fleet = AdoptionQuestion & {
  /** `events`, each at least once, repeated, rewritten and shuffled. */
  deliveries: WireEvent[]
}

export type FleetOptions = {
  /** The reading clock, which is the accepting server's too, and the time terminals were registered at. Default: long after. */
  now?: number
  /** Default `Date.now()`. */
  today?: number
}

/** Day 0 of a fleet is this many days ago: all it does lies between day -40 and day 45. */
const daysAgo = 60

const terminalNos = ['10000001', '10000002', '9000000A', '10000003']
const models = fc.constantFrom(null, null, 'I9', 'A920')
const firmwares = fc.constantFrom(null, null, '1.0.0', '2.0.0')

const terminal = fc.record({
  model: models,
  firmware: firmwares,
  /** Days from day 0. */
  retired: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constantFrom<number | null>(-45, 0, 1, 2, 3, 5, 9) },
  ),
  registered: fc.constantFrom(-41, -1, 0, 2, 6),
})

const merchant = fc.record({
  isOwn: fc.constantFrom(true, true, true, false),
  mcc: fc.constantFrom('5812', '5813'),
  region: fc.constantFrom('440106', '440103', '310101'),
  timeZone: fc.constantFrom('Asia/Shanghai', ...timeZones),
  terminals: fc.array(terminal, { minLength: 1, maxLength: 4 }),
})

/** A moment of a local day: `at` from its midnight. */
const moments = fc.record({
  on: fc.constantFrom(...[0, 0, 0, 1, 1, 2, 3, 5, 9, -1, -17, -18, -40]),
  at: fc.constantFrom(...[10 * hour, 10 * hour, 0, -1, 1, 22 * hour]),
})

const calls = fc.record({
  terminal: fc.nat(),
  moment: moments,
  deed: fc.constantFrom<Deed>(...deeds, 'abandoned', 'recoveredOther', 'approved'),
  sketch: fc.oneof(
    { weight: 3, arbitrary: fc.constant<SketchedCheckout | null>(null) },
    { weight: 1, arbitrary: sketchedCheckouts(4) },
  ),
  amount: fc.constantFrom(...amounts),
})

const huabei = fc.constantFrom(
  ...['open', 'open', 'open', 'not_capable', 'capable_not_signed', 'signed_not_open', 'suspended'],
)
type Listed = { method: string; state: string }[]
const methods = fc.oneof(
  { weight: 6, arbitrary: huabei.map((state) => [{ method: 'HUABEI', state }]) },
  {
    weight: 1,
    arbitrary: huabei.map((state) => [
      { method: 'ALIPAY', state: 'open' },
      { method: 'HUABEI', state },
    ]),
  },
  { weight: 1, arbitrary: fc.constant<Listed>([{ method: 'HUABEI_INSTALMENT', state: 'open' }]) },
  { weight: 1, arbitrary: fc.constant<Listed>([]) },
)

/** A report at a moment of its own, or after something that has happened (`of`), at the same terminal. */
const reports = fc.record({
  terminal: fc.nat(),
  of: fc.option(fc.nat(), { freq: 3 }),
  moment: moments,
  after: fc.constantFrom(...[0, 0, 1, -1, hour, day, 2 * day, 3 * day]),
  id: fc.oneof(fc.constantFrom(...ids), fc.constant(null)),
  data: fc
    .tuple(methods, models, firmwares, fc.constantFrom<WireData>({}, {}, {}, { cause: 'MARGIN_FEE' }, { cause: null }))
    .map(([listed, model, firmware, cause]): WireData => ({
      methods: listed,
      ...(model === null ? {} : { model }),
      ...(firmware === null ? {} : { firmware }),
      ...cause,
    })),
})

const drawing = fc.record({
  merchants: fc.array(merchant, { minLength: 1, maxLength: 4 }),
  calls: fc.array(calls, { minLength: 2, maxLength: 24, size: 'max' }),
  reports: fc.array(reports, { maxLength: 24, size: 'max' }),
  /** After how many days each terminal opens, having turned a customer away on day 0: only so is a median's interval known. */
  keen: fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.nat({ max: 6 }), { minLength: 16, maxLength: 16 }) },
  ),
  ownCodes: fc.oneof(fc.constant<OwnCode[]>([]), ownCodes),
  by: fc.constantFrom(...(['model', 'firmware', 'mcc', 'city'] as const)),
  from: fc.constantFrom(-18, -1, 0, 0, 1),
  to: fc.constantFrom(...[2, 3, 5, 9, 10, 27, 28, daysAgo]),
  repeats: fc.array(fc.record({ of: fc.nat(), way: ways }), { maxLength: 10 }),
  seed: fc.nat(),
})

const numberOf = (index: number) => `8980000000000${String(index).padStart(2, '0')}`

export function fleets({ now, today = Date.now() }: FleetOptions = {}): fc.Arbitrary<Fleet> {
  const clock = now ?? today
  const start = addDays(localDay(clock, 'Asia/Shanghai'), -daysAgo)
  return drawing.map((drawn): Fleet => {
    const merchants = drawn.merchants.map(({ isOwn, mcc, region, timeZone }, index) => ({
      ...{ merchantNo: numberOf(index), providerId: isOwn ? 'p1' : 'p2', mcc, region, timeZone },
    }))
    const terminals = drawn.merchants.flatMap(({ terminals: some, timeZone }, index) =>
      some.map(({ model, firmware, retired, registered }, which): TerminalRecord => ({
        ...{ merchantNo: numberOf(index), terminalNo: terminalNos[which] ?? '', model, firmware },
        retiredOn: retired === null ? null : addDays(start, retired),
        registeredAt: now ?? startOfDay(addDays(start, registered), timeZone),
      })),
    )
    const told = happenings(drawn, terminals, (terminal, { on, at }) => {
      const { timeZone = '' } = merchants.find(({ merchantNo }) => merchantNo === terminal.merchantNo) ?? {}
      return startOfDay(addDays(start, on), timeZone) + at
    })
    const events = [...new Map(told.map((event) => [canonical(event), event])).values()]
    const repeats = drawn.repeats.flatMap(({ of, way }) => {
      const original = events[of % events.length]
      return original === undefined ? [] : [way(original)]
    })
    return {
      ...{ providerId: 'p1', merchants, terminals, events, by: drawn.by, now: clock },
      deliveries: shuffled([...events, ...repeats], drawn.seed),
      ownCodes: drawn.ownCodes.map((code, index) => ({ ...code, providerId: index === 1 ? 'p2' : 'p1' })),
      from: addDays(start, drawn.from),
      to: addDays(start, drawn.to),
    }
  })
}

type Drawn = typeof drawing extends fc.Arbitrary<infer T> ? T : never
type Moment = Drawn['calls'][0]['moment']

function happenings(
  drawn: Drawn,
  terminals: readonly TerminalRecord[],
  instantOf: (terminal: TerminalRecord, moment: Moment) => number,
): WireEvent[] {
  const terminalOf = (index: number): TerminalRecord => {
    const found = terminals[index % terminals.length]
    if (found === undefined) throw new Error('a fleet without terminals')
    return found
  }
  const sourceOf = ({ merchantNo, terminalNo }: TerminalRecord) => `urn:terminal:${merchantNo}:${terminalNo}`

  const called = drawn.calls.flatMap(({ terminal, moment, deed, sketch, amount }, index) => {
    const source = sourceOf(terminalOf(terminal))
    const time = instantOf(terminalOf(terminal), moment)
    const checkoutId = `c${index}`
    if (sketch === null) return eventsOf(deed, { source, checkoutId, time, amount, token: null })
    // Other terminals of the merchant may have their part in it.
    const beside = terminals.filter(({ merchantNo }) => merchantNo === terminalOf(terminal).merchantNo)
    return sketch.events.map((event, number) => ({
      ...{ specversion: '1.0', id: event.id ?? `${checkoutId}-${number}`, type: event.type },
      source: sourceOf(beside[(terminal + event.terminal) % beside.length] ?? terminalOf(terminal)),
      time: written(time + event.delay, 480),
      data: { checkoutId, ...event.data },
    }))
  })
  const reported = drawn.reports.map(({ terminal, of, moment, after, id, data }, index): WireEvent => {
    const before = of === null ? undefined : called[of % called.length]
    return {
      ...{ specversion: '1.0', id: id ?? `r${index}`, type: 'tillsight.terminal.reported', data },
      source: before?.source ?? sourceOf(terminalOf(terminal)),
      time: written(
        before === undefined ? instantOf(terminalOf(terminal), moment) : utcMilliseconds(before.time) + after,
        480,
      ),
    }
  })
  const keen = drawn.keen.slice(0, terminals.length).flatMap((days, index) => {
    const [terminal, source] = [terminalOf(index), sourceOf(terminalOf(index))]
    const at = (on: number) => instantOf(terminal, { on, at: 12 * hour })
    const told = { source, checkoutId: `k${index}`, amount: 100, token: null }
    const open: WireEvent = {
      ...{ specversion: '1.0', id: `k${index}`, source, type: 'tillsight.terminal.reported' },
      ...{ time: written(at(days) + 1, 480), data: { methods: [{ method: 'HUABEI', state: 'open' }] } },
    }
    return [...eventsOf('recoveredOther', { ...told, time: at(0) }), open]
  })
  return [...called, ...reported, ...keen]
}
