// Contract section 7, `competitiveness`. Every expectation was worked out by hand from its words.

import { describe, expect, test } from 'vitest'
import { judgeCompetitiveness, type CompetitivenessQuestion } from './competitiveness.ts'
import { eventsOf, type Deed } from './deeds.ts'
import type { WireEvent } from './wire-event.ts'

const hour = 3_600_000
const day = 24 * hour
/** A Monday, 00:00 in Shanghai. */
const monday = Date.parse('2026-11-02T00:00:00+08:00')

const numberOf = (shop: number) => `8985840581200${String(shop).padStart(2, '0')}`
const merchant = (shop: number, providerId: string, more: Partial<CompetitivenessQuestion['merchants'][0]> = {}) => ({
  ...{ merchantNo: numberOf(shop), providerId, mcc: '5812', region: '440106', timeZone: 'Asia/Shanghai', ...more },
})

// Shop 0 asks; 1 to 5 are another provider's, 11 to 15 its own provider's.
const rivals = [1, 2, 3, 4, 5]
const siblings = [11, 12, 13, 14, 15]
const merchants = [
  merchant(0, 'p1'),
  ...rivals.map((n) => merchant(n, 'p2')),
  ...siblings.map((n) => merchant(n, 'p1')),
]

let checkouts = 0
function did(shop: number, deed: Deed, at = 12 * hour, token: string | null = null, amount = 100): WireEvent[] {
  checkouts += 1
  const source = `urn:terminal:${numberOf(shop)}:10000001`
  return eventsOf(deed, { source, checkoutId: `c${checkouts}`, time: monday + at, amount, token })
}

/** Two approved at each shop, of ten customers in all. */
const busy = (shops: readonly number[], at = 12 * hour) =>
  shops.flatMap((shop) =>
    [did(shop, 'approved', at, `a${shop % 10}`), did(shop, 'approved', at, `b${shop % 10}`)].flat(),
  )

const asks = (events: readonly WireEvent[], asked: Partial<CompetitivenessQuestion> = {}) =>
  judgeCompetitiveness({
    ...{ merchantNo: numberOf(0), merchants, providers: [{ providerId: 'p1', sharedTokens: true }], events },
    ...{ ownCodes: [], now: monday + 60 * day, from: '2026-11-02', to: '2026-11-08', ...asked },
  })
const ruleOf = (events: readonly WireEvent[], asked: Partial<CompetitivenessQuestion> = {}) =>
  asks(events, asked).peers.rule

describe('weeks', () => {
  test('are whole ones of the range, from Monday to Sunday', () => {
    const events = busy(rivals)
    expect(asks(events).weeks).toEqual(['2026-11-02'])
    expect(asks(events, { from: '2026-11-01', to: '2026-11-14' }).weeks).toEqual(['2026-11-02'])
    expect(ruleOf(events, { from: '2026-11-03', to: '2026-11-14' })).toBe('range_too_short')
    expect(ruleOf(events, { from: '2026-10-27', to: '2026-11-07' })).toBe('range_too_short')
  })

  test('count from 48 h after their end', () => {
    expect(asks(busy(rivals), { now: monday + 9 * day }).weeks).toEqual(['2026-11-02'])
    expect(ruleOf(busy(rivals), { now: monday + 9 * day - 1 })).toBe('range_too_short')
  })

  test('are Shanghai’s, wherever the merchant is', () => {
    const abroad = merchants.map((each) => ({ ...each, timeZone: 'America/New_York' }))
    expect(asks(busy(rivals, 0), { merchants: abroad }).weeks).toEqual(['2026-11-02'])
    expect(asks(busy(rivals, -1), { merchants: abroad }).weeks).toEqual([])
    expect(asks(busy(rivals, 7 * day - 1)).weeks).toEqual(['2026-11-02'])
    expect(asks(busy(rivals, 7 * day)).weeks).toEqual([])
  })
})

describe('peers', () => {
  test('are of the same MCC and city, whatever the district', () => {
    const elsewhere = (more: Partial<CompetitivenessQuestion['merchants'][0]>) =>
      merchants.map((each) => (each.merchantNo === numberOf(5) ? { ...each, ...more } : each))
    expect(asks(busy(rivals), { merchants: elsewhere({ region: '440199' }) }).peers.merchants).toBe(5)
    expect(ruleOf(busy(rivals), { merchants: elsewhere({ region: '440206' }) })).toBe('too_few_merchants')
    expect(ruleOf(busy(rivals), { merchants: elsewhere({ mcc: '5811' }) })).toBe('too_few_merchants')
  })

  test('have an attempted checkout that week', () => {
    expect(ruleOf([...busy([1, 2, 3, 4]), ...did(5, 'sale', hour, 'z')])).toBe('too_few_merchants')
  })

  test('are other providers’ where they alone meet the rule, else the same provider’s', () => {
    const unlucky = siblings.flatMap((shop) => [did(shop, 'credit'), did(shop, 'credit')].flat())
    expect(asks([...busy(rivals), ...busy(siblings), ...unlucky]).acceptance.peerMedian).toBe(1)
    expect(asks([...busy([1, 2, 3, 4]), ...busy(siblings), ...unlucky]).acceptance.peerMedian).toBe(0.5)
    expect(asks([...busy([1, 2, 3, 4]), ...busy([11])]).peers.suppressed).toBe(true)
  })

  test('are never the merchant itself', () => {
    expect(ruleOf(busy([0, 11, 12, 13, 14]))).toBe('too_few_merchants')
  })

  test('may be others from week to week, and each has its figure over all counted weeks', () => {
    const second = [...busy(siblings, 8 * day), ...rivals.slice(1).flatMap((shop) => did(shop, 'credit', 8 * day))]
    const answer = asks([...busy(rivals), ...second], { to: '2026-11-15' })
    expect(answer.weeks).toEqual(['2026-11-02', '2026-11-09'])
    expect(answer.peers).toEqual({ merchants: 10, suppressed: false, rule: null })
    // Rivals 2 to 5 were no peers in the second week, but what happened to them there is theirs: 2 of 3.
    expect(answer.acceptance).toMatchObject({ peerLow: 0.67, peerMedian: 1, peerHigh: 1 })
  })
})

describe('the rule', () => {
  test('takes 25 % of the attempted checkouts, not more', () => {
    const quarter = (more: number) => [
      ...[1, 2, 3].flatMap((shop) => [...busy([shop]), ...did(shop, 'credit')]),
      ...[...busy([4]), ...busy([5]), ...did(4, 'credit'), ...did(5, 'credit')],
      ...Array.from({ length: more }, () => did(1, 'credit')).flat(),
    ]
    // 3 + more of 15 + more
    expect(ruleOf(quarter(1))).toBeNull()
    expect(ruleOf(quarter(2))).toBe('dominant_merchant')
    expect(ruleOf([...busy(rivals), ...busy([1]).slice(1)])).toBe('dominant_merchant') // 3 of 11
  })

  test('takes 10 distinct tokens of attempted checkouts', () => {
    const tokens = (count: number) =>
      [...rivals, ...rivals].flatMap((shop, i) => did(shop, 'approved', hour, `t${i % count}`))
    expect(ruleOf(tokens(10))).toBeNull()
    expect(ruleOf(tokens(9))).toBe('too_few_customers')
    expect(ruleOf([...tokens(9), ...did(1, 'sale', hour, 'another')])).toBe('too_few_customers')
  })

  test('is named of the newest week, of the candidates who came closest', () => {
    const all = { to: '2026-11-15' }
    expect(ruleOf([...busy([1, 2]), ...busy(siblings, 8 * day).slice(1)], all)).toBe('too_few_customers')
    expect(ruleOf(busy([1, 2]), all)).toBe('too_few_merchants')
  })
})

describe('where no week counts', () => {
  test('own figures cover the range, and all else is null', () => {
    const events = [...did(0, 'approved', 0), ...did(0, 'credit', 7 * day - 1), ...did(0, 'credit', 7 * day)]
    const nobody = { peerLow: null, peerMedian: null, peerHigh: null, percentile: null }
    expect(asks(events)).toEqual({
      weeks: [],
      peers: { merchants: null, suppressed: true, rule: 'too_few_merchants' },
      acceptance: { own: 0.5, ...nobody },
      retention: { own: 1, ...nobody },
      returnRatio: { own: null, ...nobody },
      index: { value: null },
      diversion: { value: null, low: null, high: null },
    })
  })

  test('the range is of the merchant’s own days', () => {
    const abroad = [merchant(0, 'p1', { timeZone: 'America/New_York' })]
    const events = [...did(0, 'approved', 0), ...did(0, 'credit', 13 * hour)]
    expect(asks(events, { merchants: abroad }).acceptance.own).toBe(0) // 00:00 in Shanghai is Sunday in New York
  })
})

describe('own figures', () => {
  test('acceptance leaves pending out, and is null where nothing else was attempted', () => {
    const three = [...did(0, 'approved'), ...did(0, 'credit'), ...did(0, 'pending')]
    expect(asks(three).acceptance.own).toBe(0.5)
    expect(asks(did(0, 'pending')).acceptance.own).toBeNull()
    expect(asks(did(0, 'pending')).retention.own).toBe(1)
  })

  test('retention is what was not lost of the unsupported amount', () => {
    const events = [...did(0, 'abandoned', hour, null, 300), ...did(0, 'downsized'), ...did(0, 'recoveredOther')]
    expect(asks(events).retention.own).toBeCloseTo(1 - 350 / 500, 12)
    expect(asks(did(0, 'sale')).retention.own).toBeNull()
  })

  test('cover just the weeks that count', () => {
    const events = [...busy(rivals), ...did(0, 'approved'), ...did(0, 'credit', 8 * day)]
    expect(asks(events, { to: '2026-11-15' }).acceptance.own).toBe(1)
  })

  test('own codes are those of each merchant’s provider', () => {
    const events = [...busy(rivals), ...[0, 1, 2, 3, 4, 5].flatMap((shop) => did(shop, 'credit', hour, null, 7))]
    const ownCodes = [{ providerId: 'p2', system: 'ISO8583', value: '51', reason: 'MARGIN_FEE' }]
    expect(asks(events, { ownCodes }).retention).toMatchObject({ own: 1, peerMedian: 1 })
    const lost = [...events, ...rivals.flatMap((shop) => did(shop, 'sale', 20 * hour))]
    expect(asks(lost, { ownCodes }).retention).toMatchObject({ own: 1, peerMedian: 0, percentile: 100 })
  })
})

describe('return ratio', () => {
  test('is the share of the unsupported that came back over that of the others', () => {
    const events = [
      ...[...did(0, 'recoveredOther', 0, 'k'), ...did(0, 'recoveredOther', 0, 'l')],
      ...[...did(0, 'sale', hour, 'k'), ...did(0, 'sale', 2 * hour, 'm'), ...did(0, 'credit', 3 * hour, 'm')],
    ]
    // Unsupported: k came back, l did not. Others: m did, k and m's second did not.
    expect(asks(events).returnRatio.own).toBeCloseTo(0.5 / (1 / 3), 12)
  })

  test('takes a return up to 28 days after, also after the range, later than t₀', () => {
    const others = [...did(0, 'sale', 0, 'm'), ...did(0, 'sale', 1, 'm')]
    const back = (at: number) =>
      asks([...others, ...did(0, 'recoveredOther', hour, 'k'), ...did(0, 'sale', hour + at, 'k')]).returnRatio.own
    expect(back(28 * day)).toBe(2)
    expect(back(28 * day + 1)).toBe(0)
    expect(back(1)).toBe(3) // the sale is one of three others then, of which one was followed
    expect(back(0)).toBe(0)
  })

  test('is not that of checkouts without a customer, nor at another merchant', () => {
    const others = [...did(0, 'sale', 0, 'm'), ...did(0, 'sale', 1, 'm')]
    expect(asks([...others, ...did(0, 'recoveredOther'), ...did(0, 'sale', day)]).returnRatio.own).toBeNull()
    const away = [...did(0, 'recoveredOther', 0, 'k'), ...did(11, 'sale', hour, 'k')]
    expect(asks([...others, ...away]).returnRatio.own).toBe(0)
  })

  test('is null where none of the others came back', () => {
    expect(asks([...did(0, 'recoveredOther', 0, 'k'), ...did(0, 'sale', 1, 'k')]).returnRatio.own).toBeNull()
  })
})

describe('diversion', () => {
  const lost = (token: string | null) => did(0, 'abandoned', hour, token)
  const kept = (token: string) => did(0, 'recoveredOther', hour, token)
  const shops = busy(siblings)
  const value = (events: readonly WireEvent[], asked = {}) => asks([...shops, ...events], asked).diversion.value

  test('is the share of the abandoned who paid at a peer less that of the kept', () => {
    const paid = [...did(11, 'sale', 2 * hour, 'k'), ...did(12, 'sale', 2 * hour, 'm')]
    const events = [...lost('k'), ...lost('l'), ...kept('m'), ...kept('n'), ...did(0, 'approved', hour, 'o')]
    expect(value([...events, ...paid])).toBeCloseTo(1 / 2 - 1 / 3, 12)
    expect(value([...events, ...paid, ...lost(null)])).toBeCloseTo(1 / 2 - 1 / 3, 12)
  })

  test('takes payments after t₀ up to and including 24 h, unreversed, at the provider’s own', () => {
    const both = [...lost('k'), ...kept('m')]
    expect([0, 1, day, day + 1].map((at) => value([...both, ...did(11, 'sale', hour + at, 'k')]))).toEqual([0, 1, 1, 0])
    expect(value([...both, ...did(11, 'takenBack', 2 * hour, 'k')])).toBe(0)
    expect(value([...both, ...did(1, 'sale', 2 * hour, 'k')])).toBe(0)
  })

  test('is null without shared tokens, or where the provider’s own don’t meet the rule', () => {
    const both = [...lost('k'), ...kept('m')]
    const apart = [{ providerId: 'p1', sharedTokens: false }]
    expect(value(both)).toBe(0)
    expect(value(both, { providers: apart })).toBeNull()
    expect(asks([...busy(rivals), ...both]).diversion.value).toBeNull()
  })

  test('has the provider’s own as peers also where the other figures have rivals', () => {
    expect(value([...busy(rivals), ...lost('k'), ...kept('m'), ...did(11, 'sale', 2 * hour, 'k')])).toBe(1)
  })

  test('is null where nothing was abandoned or nothing kept', () => {
    expect(value(lost('k'))).toBeNull()
    expect(value(kept('k'))).toBeNull()
  })
})

test('peer figures are rounded to 0.01, one’s own are not', () => {
  const events = [0, ...rivals].flatMap((shop) => [...did(shop, 'credit', hour, `x${shop}`), ...busy([shop])])
  expect(asks(events).acceptance).toEqual({
    ...{ own: 2 / 3, peerLow: 0.67, peerMedian: 0.67, peerHigh: 0.67, percentile: 50 },
  })
  expect(asks(events).index.value).toBeCloseTo(100, 9)
})
