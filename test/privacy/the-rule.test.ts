/** The rule of contract section 7, where somebody would bend it. Each test says which careless reading it would catch. */

import { competitiveness } from '@tillsight/shared/metrics/competitiveness.ts'
import { cohortOf, merchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { describe, expect } from 'vitest'
import { addDays, startOfDay } from '../judge/local-time.ts'
import {
  ask,
  busy,
  day,
  given,
  happened,
  hour,
  mondayOf,
  nth,
  ofPeers,
  openHouseForAll,
  openShop,
  openStreet,
  peersFor,
  shifted,
  suppressed,
  times,
  weeks,
  type Visit,
} from './street.ts'

openHouseForAll()

const few = suppressed('too_few_merchants')
const dominated = suppressed('dominant_merchant')
const poor = suppressed('too_few_customers')
const short = suppressed('range_too_short')
const shown = { peers: { merchants: 5, suppressed: false, rule: null } }

const sharing = (visits: readonly Visit[], customers: number) =>
  visits.map((visit, i) => ({ ...visit, token: `c${i % customers}` }))

describe('the rule is kept in each week by itself:', () => {
  given('five merchants of a month are not five of a week', () => {
    // Catches: merchants counted over the range.
    const { own, rivals } = openStreet()
    happened([...busy(rivals.slice(0, 3), 0, times(4)), ...busy(rivals.slice(2), 1, times(4))])
    return async () => {
      for (const range of [weeks(0), weeks(1), weeks(0, 1)]) expect(await peersFor(own, range)).toEqual(few)
    }
  })

  given('ten customers of a month are not ten of a week', () => {
    // Catches: customers counted over the range.
    const { own, rivals } = openStreet()
    const regulars = [...busy(rivals, 0), ...busy(rivals, 1)]
    happened(regulars.map((visit) => ({ ...visit, token: `${visit.shop.merchantNo}-${visit.week}` })))
    return async () => {
      for (const range of [weeks(0), weeks(1), weeks(0, 1)]) expect(await peersFor(own, range)).toEqual(poor)
    }
  })

  given('who dominates a week is not hidden by the quiet week beside it', () => {
    // Catches: shares taken over the range, and a broken week's figures shown with a good one's.
    const { own, rivals } = openStreet()
    happened([...busy(rivals.slice(0, 1), 0, times(6, 'credit')), ...busy(rivals.slice(1), 0)])
    happened(busy(rivals, 1, times(6)))
    return async () => {
      expect(await peersFor(own, weeks(0))).toEqual(dominated)
      const good = await peersFor(own, weeks(1))
      expect(good).toMatchObject({ ...shown, weeks: [mondayOf(1)] })
      expect(await peersFor(own, weeks(0, 1))).toEqual(good)
    }
  })
})

describe('the rule is kept by peers of one kind alone:', () => {
  given('four of other providers, four of the same and the merchant itself are not five', () => {
    // Catches: other providers' merchants, the provider's own and the asker counted together.
    const { own, rivals, siblings } = openStreet({ rivals: 4, siblings: 4 })
    happened(busy([own, ...rivals, ...siblings], 0, times(4)))
    return async () => expect(await peersFor(own, weeks(0))).toEqual(few)
  })

  given('a dominant merchant is not diluted by what the asker and its provider sell', () => {
    // Catches: 25 % of all that the cohort attempted.
    const { own, rivals, siblings } = openStreet({ siblings: 4 })
    happened([...busy(rivals.slice(0, 1), 0, times(6)), ...busy(rivals.slice(1), 0)])
    happened(busy([own, ...siblings], 0, times(20)))
    return async () => expect(await peersFor(own, weeks(0))).toEqual(dominated)
  })

  given('customers of the asker and its provider do not make up for those that the peers lack', () => {
    // Catches: ten customers of the cohort.
    const { own, rivals, siblings } = openStreet({ siblings: 4 })
    happened([...sharing(busy(rivals, 0), 9), ...busy([own, ...siblings], 0, times(6))])
    return async () => expect(await peersFor(own, weeks(0))).toEqual(poor)
  })
})

describe('the rule counts what it says:', () => {
  given('nine customers whom all five share are nine, ten are ten', () => {
    // Catches: customers summed over merchants (45), or told apart by merchant.
    const [nine, ten] = [openStreet(), openStreet()]
    happened(sharing(busy(nine.rivals, 0, times(9)), 9))
    happened(sharing(busy(ten.rivals, 0, times(10)), 10))
    return async () => {
      expect(await peersFor(nine.own, weeks(0))).toEqual(poor)
      expect(await peersFor(ten.own, weeks(0))).toMatchObject(shown)
    }
  })

  given('customers who only paid cash are none of the ten', () => {
    // Catches: tokens of all checkouts.
    const { own, rivals } = openStreet()
    happened([...sharing(busy(rivals, 0), 9), ...busy(rivals, 0, ['sale'])])
    return async () => expect(await peersFor(own, weeks(0))).toEqual(poor)
  })

  given('25.2 % is over 25 %, and 25 % is not', () => {
    // Catches: a share that is rounded before it is compared. 26 of 103, and of 104.
    const streets = [19, 20].map((last) => {
      const { own, rivals } = openStreet()
      const counts = [26, 20, 19, 19, last]
      happened(rivals.flatMap((shop, i) => busy([shop], 0, times(counts[i] ?? 0))))
      return own
    })
    return async () => {
      expect(await peersFor(nth(streets, 0), weeks(0))).toEqual(dominated)
      expect(await peersFor(nth(streets, 1), weeks(0))).toMatchObject(shown)
    }
  })

  given('cash sales dilute nobody', () => {
    // Catches: 25 % of all checkouts rather than of the attempted ones.
    const { own, rivals } = openStreet()
    happened([...busy(rivals.slice(0, 1), 0, times(3)), ...busy(rivals.slice(1), 0)])
    happened(busy(rivals.slice(1), 0, times(10, 'sale')))
    return async () => expect(await peersFor(own, weeks(0))).toEqual(dominated)
  })

  given('a shop where nobody asked for Huabei is not the fifth', () => {
    // Catches: merchants with any event at all.
    const { own, rivals } = openStreet()
    happened([...busy(rivals.slice(1), 0, times(4)), ...busy(rivals.slice(0, 1), 0, ['sale', 'takenBack'])])
    return async () => expect(await peersFor(own, weeks(0))).toEqual(few)
  })

  given('shops in the next city and of the next trade are not among the five', () => {
    // Catches: a cohort by province, or by the beginning of the MCC.
    const { own, rivals } = openStreet({ rivals: 4 })
    const { providerId, mcc } = nth(rivals, 0)
    const strangers = [
      openShop({ providerId, mcc, region: '440206' }),
      openShop({ providerId, mcc: String(Number(mcc) + 5000) }),
    ]
    happened(busy([...rivals, ...strangers], 0, times(4)))
    return async () => expect(await peersFor(own, weeks(0))).toEqual(few)
  })

  given('a figure that four of five peers have is not shown, nor a rank in it', () => {
    // Catches: five merchants asked for, and not five for each figure.
    const { own, rivals } = openStreet()
    happened([...busy(rivals.slice(0, 1), 0, times(2, 'pending')), ...busy([own, ...rivals.slice(1)], 0)])
    return async () => {
      const { acceptance, retention, peers } = await ask(own, weeks(0))
      expect(acceptance).toEqual({ own: 0.5, peerLow: null, peerMedian: null, peerHigh: null, percentile: null })
      expect([retention.peerMedian, peers.merchants]).toEqual([1, 5])
    }
  })
})

describe('only whole weeks that are over count:', () => {
  given('six days, or thirteen from a Tuesday, are no week', () => {
    // Catches: figures of partial weeks, and seven days counted from wherever the range begins.
    const { own, rivals } = openStreet()
    happened([...busy(rivals, 0), ...busy(rivals, 1)])
    const ranges = [shifted(weeks(0), 0, -1), shifted(weeks(0), 1, 0), shifted(weeks(0), 1, 6)]
    return async () => {
      for (const range of ranges) expect(await peersFor(own, range)).toEqual(short)
    }
  })

  given('a week counts from 48 h after its end, and not a millisecond before', () => {
    // Catches: the running week, which would show what happens as it happens.
    const { own, rivals } = openStreet()
    happened(busy(rivals, 0))
    return async () => {
      const { events, registry } = providedStores()
      const scope = await merchantScope(registry, { keyId: 'k', role: 'operator' }, own.merchantNo, 'read')
      if (scope === undefined) throw new Error('not registered')
      const cohort = await cohortOf(registry, scope)
      const at = (now: number) =>
        competitiveness(events, cohort, { range: weeks(0, 1), ownCodes: new Map(), now, mayLag: 0 })
      const counts = startOfDay(addDays(mondayOf(1), 2), 'Asia/Shanghai')
      for (const now of [counts - 1, counts - 3 * day]) expect(ofPeers(await at(now))).toEqual(short)
      expect(ofPeers(await at(counts)).weeks).toEqual([mondayOf(0)])
    }
  })

  given('shops with clocks elsewhere look at the same weeks, so no two see a few hours apart', () => {
    // Catches: weeks of the asker's or of the peer's own days; two askers' answers would differ by hours of one peer.
    const { own, rivals } = openStreet()
    const spot = { providerId: own.providerId, mcc: own.mcc }
    const east = openShop({ ...spot, timeZone: 'Pacific/Kiritimati' })
    const west = openShop({ ...spot, timeZone: 'Pacific/Pago_Pago' })
    const edges = [-1, -10 * hour, 7 * day, 7 * day + 10 * hour]
    happened(busy(rivals, 0))
    happened(edges.map((at) => ({ shop: nth(rivals, 0), week: 0, deed: 'credit', token: `edge${at}`, at })))
    return async () => {
      const here = await peersFor(own, weeks(0))
      expect(here).toMatchObject({
        ...shown,
        quartiles: [
          [0.5, 0.5, 0.5],
          [1, 1, 1],
          [null, null, null],
        ],
      })
      for (const shop of [east, west]) expect(await peersFor(shop, weeks(0))).toEqual(here)
    }
  })
})

given('an answer that shows nothing has nothing in it: no count, no rank, no index', () => {
  // Catches: the count of a suppressed cohort, and a percentile, an index or a diversion that is made of one.
  const { own, rivals } = openStreet({ rivals: 4, siblings: 4, sharedTokens: true })
  happened(busy([own, ...rivals], 0, ['approved', 'abandoned', 'approved']))
  const nobody = { peerLow: null, peerMedian: null, peerHigh: null, percentile: null }
  return async () =>
    expect(await ask(own, weeks(0))).toMatchObject({
      ...{ weeks: [], peers: { merchants: null, suppressed: true, rule: 'too_few_merchants' } },
      acceptance: { own: 2 / 3, ...nobody },
      retention: { own: 0, ...nobody },
      returnRatio: { own: null, ...nobody },
      index: { value: null },
      diversion: { value: null, low: null, high: null },
    })
})
