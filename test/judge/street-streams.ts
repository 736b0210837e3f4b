// Streets of merchants for `competitiveness`: the rule just kept and just broken, weeks' edges, customers who come
// back or go next door at the last possible moment.

import fc from 'fast-check'
import type { CompetitivenessQuestion } from './competitiveness.ts'
import { deeds, eventsOf, type Deed } from './deeds.ts'
import { addDays, localDay, startOfDay } from './local-time.ts'
import { utcMilliseconds } from './order.ts'
import type { MerchantRecord } from './peers.ts'
import type { OwnCode } from './reasons.ts'
import { shuffled, ways } from './stream-copies.ts'
import { sketchedCheckouts, type SketchedCheckout } from './stream-events.ts'
import { day, hour, minute, timeZones, written } from './stream-moments.ts'
import { amounts, ownCodes } from './stream-pools.ts'
import type { WireEvent } from './wire-event.ts'

export type Street = CompetitivenessQuestion & {
  /** `events`, each at least once, repeated, rewritten and shuffled. */
  deliveries: WireEvent[]
}

export type StreetOptions = {
  /** The reading clock, which is the accepting server's too. Default: an edge of the 48 h after the newest week. */
  now?: number
  /** Default `Date.now()`. */
  today?: number
}

export const terminalNo = '10000001'
const hours48 = 2 * day

/** How many attempted checkouts each of a group's merchants has in a week: the first has the lion's share. */
type Shares = 'even' | 'a quarter' | 'over a quarter' | 'one has none'

function countsOf(shares: Shares, merchants: number): number[] {
  const others = merchants - 1
  if (shares === 'even') return Array.from({ length: merchants }, () => 3)
  if (shares === 'one has none') return [...Array.from({ length: others }, () => 3), 0]
  const rest = Array.from({ length: others }, (_, i) => Math.floor((12 + i) / others))
  return [shares === 'a quarter' ? 4 : 5, ...rest]
}

const weekday = fc.constantFrom(...[2 * day + 10 * hour, 4 * day, 5 * day + 18 * hour])
const edge = fc.constantFrom(...[0, 0, -1, 7 * day - 1, 7 * day, minute])
const calm = fc.oneof({ weight: 30, arbitrary: weekday }, { weight: 1, arbitrary: edge })
const restless = fc.oneof({ weight: 2, arbitrary: weekday }, { weight: 1, arbitrary: edge })
const attempting = deeds.filter((deed) => deed !== 'sale' && deed !== 'takenBack')
const common: readonly Deed[] = ['approved', 'approved', 'abandoned', 'recoveredOther']

/** What others do is told in a word; what is done at the merchant that asks is harder now and then. */
const doings = fc.record({
  deed: fc.constantFrom(...attempting, ...common),
  sketch: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: sketchedCheckouts(4) }),
  amount: fc.constantFrom(...amounts),
  hasToken: fc.oneof({ weight: 40, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
})

/** The same customer once more, here or next door: `shop` counts into the street from the one of before. */
const strays = fc.record({
  of: fc.nat(),
  ofOwn: fc.boolean(),
  shop: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat({ max: 20 }) }),
  after: fc.constantFrom(...[0, 1, minute, hour, day, day, day + 1, day + 1, 28 * day, 28 * day, 28 * day + 1]),
  deed: fc.constantFrom<Deed>('sale', 'sale', 'sale', 'takenBack', 'recoveredOther'),
})

const group = fc.record({
  merchants: fc.constantFrom(0, 4, 5, 5, 5, 5, 6, 6, 7),
  shares: fc.array(
    fc.constantFrom<Shares>('even', 'even', 'even', 'a quarter', 'a quarter', 'over a quarter', 'one has none'),
    {
      minLength: 3,
      maxLength: 3,
    },
  ),
  tokens: fc.constantFrom(9, 10, 10, 11, 12, 14),
})

const drawing = fc.record({
  rivals: group,
  siblings: group,
  own: fc.constantFrom(0, 2, 3, 4, 5, 6, 8),
  sharedTokens: fc.constantFrom(true, true, true, false),
  weeks: fc.constantFrom(1, 2, 2, 3, 3),
  weeksAgo: fc.constantFrom(0, 1, 5, 6),
  /** What nearly everybody else does, so that a median can be 0. */
  fashion: fc.constantFrom<Deed | null>(null, null, null, null, 'abandoned'),
  doings: fc.array(doings, { minLength: 30, maxLength: 30 }),
  times: fc.oneof(...[calm, restless].map((time) => fc.array(time, { minLength: 17, maxLength: 17 }))),
  strays: fc.array(strays, { minLength: 20, maxLength: 70, size: 'max' }),
  timeZone: fc.constantFrom('Asia/Shanghai', 'Asia/Shanghai', ...timeZones),
  stranger: fc.constantFrom({}, {}, { region: '440206' }, { mcc: '5813' }, { region: '440103' }),
  ownCodes: fc.oneof(fc.constant<OwnCode[]>([]), ownCodes),
  from: fc.constantFrom(0, 0, 0, 0, 0, -1, 1, -3),
  to: fc.constantFrom(0, 0, 0, 0, 0, 1, -1, 4),
  clock: fc.constantFrom(hours48, hours48, hours48 - 1, 40 * day, 40 * day, 40 * day),
  seed: fc.nat(),
  repeats: fc.array(fc.record({ of: fc.nat(), way: ways }), { maxLength: 10 }),
})
type Drawn = typeof drawing extends fc.Arbitrary<infer T> ? T : never

export function streets({ now, today = Date.now() }: StreetOptions = {}): fc.Arbitrary<Street> {
  return drawing.map((drawn): Street => {
    const newest = addDays(mondayOfTheWeekBefore(now ?? today), -7 * drawn.weeksAgo)
    const mondays = Array.from({ length: drawn.weeks }, (_, week) => addDays(newest, 7 * (week + 1 - drawn.weeks)))
    const clock = now ?? startOfDay(addDays(newest, 7), 'Asia/Shanghai') + drawn.clock
    const merchants = merchantsOf(drawn)
    const calls = withStrays(callsOf(drawn, mondays), drawn.strays, merchants.length)
    const events = calls
      .flatMap(({ shop, tell }, index) => tell(`urn:terminal:${numberOf(shop)}:${terminalNo}`, `c${index}`))
      .filter((event) => utcMilliseconds(event.time) <= clock)
    const repeats = drawn.repeats.flatMap(({ of, way }) => {
      const original = events[of % events.length]
      return original === undefined ? [] : [way(original)]
    })
    return {
      merchantNo: numberOf(0),
      merchants,
      providers: [
        { providerId: 'p1', sharedTokens: drawn.sharedTokens },
        { providerId: 'p2', sharedTokens: true },
        { providerId: 'p3', sharedTokens: false },
      ],
      events,
      deliveries: shuffled([...events, ...repeats], drawn.seed),
      ownCodes: drawn.ownCodes.map((code, index) => ({ ...code, providerId: index === 1 ? 'p2' : 'p1' })),
      now: clock,
      from: addDays(mondays[0] ?? newest, drawn.from),
      to: addDays(newest, 6 + drawn.to),
    }
  })
}

/** Of the last week that has ended, in Shanghai. */
function mondayOfTheWeekBefore(instant: number): string {
  const date = localDay(instant, 'Asia/Shanghai')
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7
  return addDays(date, -weekday - 7)
}

const numberOf = (shop: number) => `8980000000000${String(shop).padStart(2, '0')}`

/** The merchant that asks, the rivals, the siblings; the last rival and the last sibling may be strangers. */
function merchantsOf({ rivals, siblings, timeZone, stranger }: Drawn): MerchantRecord[] {
  const all = 1 + rivals.merchants + siblings.merchants
  return Array.from({ length: all }, (_, shop) => {
    const isRival = shop >= 1 && shop <= rivals.merchants
    const isLast = shop > 0 && (shop === rivals.merchants || shop === all - 1)
    return {
      merchantNo: numberOf(shop),
      providerId: isRival ? (shop % 2 === 0 ? 'p2' : 'p3') : 'p1',
      mcc: '5812',
      region: '440106',
      timeZone: shop % 3 === 0 ? timeZone : 'Asia/Shanghai',
      ...(isLast ? stranger : {}),
    }
  })
}

/** A customer's call at a shop, and how its events are told. */
type Call = {
  shop: number
  time: number
  token: string | null
  tell: (source: string, checkoutId: string) => WireEvent[]
}

function inAWord(shop: number, time: number, token: string | null, deed: Deed, amount: number): Call {
  return {
    ...{ shop, time, token },
    tell: (source, checkoutId) => eventsOf(deed, { source, checkoutId, time, amount, token }),
  }
}

function sketched(shop: number, time: number, token: string | null, { events }: SketchedCheckout): Call {
  const tell: Call['tell'] = (source, checkoutId) =>
    events.map(({ id, type, delay, data }, index) => ({
      specversion: '1.0',
      id: id ?? `${checkoutId}-${index}`,
      source,
      type,
      time: written(time + delay, 480),
      data: { checkoutId, ...data, ...(index === 0 && token !== null ? { customer: { token } } : {}) },
    }))
  return { shop, time, token, tell }
}

function callsOf(drawn: Drawn, mondays: readonly string[]): Call[] {
  const { rivals, siblings, own } = drawn
  const calls: Call[] = []
  mondays.forEach((monday, week) => {
    const begin = startOfDay(monday, 'Asia/Shanghai')
    const call = (shop: number, customer: string) => {
      const doing = drawn.doings[calls.length % drawn.doings.length]
      const start = drawn.times[calls.length % drawn.times.length]
      if (doing === undefined || start === undefined) throw new Error('nothing was drawn')
      const { deed, sketch, amount, hasToken } = doing
      const token = hasToken ? customer : null
      const done = shop !== 0 && calls.length % 5 !== 0 ? (drawn.fashion ?? deed) : deed
      calls.push(
        sketch !== null && shop === 0
          ? sketched(shop, begin + start, token, sketch)
          : inAWord(shop, begin + start, token, done, amount),
      )
    }
    for (let n = 0; n < own; n += 1) call(0, `t${n % 7}`)
    let first = 1
    for (const { merchants, shares, tokens } of [rivals, siblings]) {
      const counts = merchants === 0 ? [] : countsOf(shares[week] ?? 'even', merchants)
      const shops = counts.flatMap((count, index) => Array.from({ length: count }, () => first + index))
      shops.forEach((shop, customer) => call(shop, `t${customer % tokens}`))
      first += merchants
    }
  })
  return calls
}

function withStrays(calls: readonly Call[], drawn: Drawn['strays'], merchants: number): Call[] {
  const all = [...calls]
  for (const { of, ofOwn, shop, after, deed } of drawn) {
    const known = ofOwn ? all.filter((call) => call.shop === 0) : all
    const before = known[of % known.length]
    if (before === undefined) continue
    all.push(inAWord((before.shop + shop) % merchants, before.time + after, before.token, deed, 100))
  }
  return all
}
