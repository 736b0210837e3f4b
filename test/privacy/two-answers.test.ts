/**
 * Nothing is learnt by subtracting one answer from another. Most of it is tried on two streets that are alike but for a
 * secret: whoever asks there gets the same answers, to every question that was ever worth asking.
 */

import { describe, expect } from 'vitest'
import {
  ask,
  busy,
  day,
  given,
  happened,
  happens,
  house,
  mondayOf,
  nth,
  openHouseForAll,
  openShop,
  openStreet,
  peersFor,
  shifted,
  suppressed,
  terminalNo,
  times,
  weeks,
  type Range,
  type Street,
  type Visit,
} from './street.ts'

openHouseForAll()

/** Of three weeks, the one in the middle and all of them: what every story here is asked about. */
const around: Range[] = [weeks(1), weeks(0, 2)]

type Plan = Parameters<typeof openStreet>[0]

/** Two streets in which `open` happened, and in the second `secret` too; nobody who asks from `own` sees a difference. */
function keeps(plan: Plan, open: (street: Street) => Visit[], secret: (street: Street) => Visit[]) {
  const [plain, other] = [openStreet(plan), openStreet(plan)]
  happened([plain, other].flatMap(open))
  happened(secret(other))
  return async () => {
    for (const range of around) {
      const { merchantNo: _one, ...expected } = await ask(plain.own, range)
      const { merchantNo: _other, ...found } = await ask(other.own, range)
      expect(found).toEqual(expected)
    }
  }
}

/** Two good weeks, and between them one in which the rule does not hold. */
const good = ({ own, rivals }: Street) => [...busy([own, ...rivals], 0), ...busy([own, ...rivals], 2)]
const victimOf = ({ rivals }: Street) => nth(rivals, 0)
const lossesOf = (street: Street, count: number): Visit[] => busy([victimOf(street)], 1, times(count, 'abandoned'))

describe('a week that is not shown is in no answer, whatever range is taken around it:', () => {
  given('control: what happens in a week that is shown does change the answer', () => {
    const [plain, other] = [openStreet(), openStreet()]
    happened([plain, other].flatMap(good))
    happened(other.rivals.flatMap((shop) => busy([shop], 2, ['abandoned'])))
    return async () =>
      expect(await peersFor(other.own, weeks(0, 2))).not.toEqual(await peersFor(plain.own, weeks(0, 2)))
  })

  given('one in which a single merchant was open', () => {
    // Catches: peer figures over the whole range once any week of it keeps the rule.
    return keeps({}, good, (street) => lossesOf(street, 9))
  })

  given('one in which four were, and one of them lost all it was asked for', () => {
    const four = (street: Street) => [...good(street), ...busy(street.rivals.slice(0, 4), 1, times(4))]
    return keeps({}, four, (street) => lossesOf(street, 4))
  })

  given('one that a merchant dominated, by however much', () => {
    const dominated = (street: Street) => [
      ...good(street),
      ...busy(street.rivals.slice(1), 1),
      ...busy([victimOf(street)], 1, times(8)),
    ]
    return keeps({}, dominated, (street) => lossesOf(street, 30))
  })

  given('one with nine customers', () => {
    const nine = (visits: Visit[]) => visits.map((visit, i) => ({ ...visit, token: `c${i % 9}` }))
    const poor = (street: Street) => [...good(street), ...nine(busy(street.rivals, 1))]
    return keeps({}, poor, ({ rivals }) => nine(busy(rivals, 1, ['abandoned', 'credit'])))
  })

  given('nor is a merchant that was open in that week only among the merchants counted', () => {
    // Catches: `merchants` of the range.
    const { own, rivals } = openStreet({ rivals: 7 })
    happened([...busy(rivals.slice(0, 5), 0), ...busy(rivals.slice(4), 1, times(4, 'credit'))])
    return async () => {
      const first = await peersFor(own, weeks(0))
      expect(first.peers.merchants).toBe(5)
      expect(await peersFor(own, weeks(0, 1))).toEqual(first)
    }
  })
})

describe('moving the range', () => {
  given('by days changes nothing until a whole week comes or goes', () => {
    // Catches: figures of the days at the edges; two ranges a day apart would differ by one day of the peers.
    const { own, rivals } = openStreet()
    const odd: Visit[] = [0, 1, 2, 3, 4, 5, 6].flatMap((of) =>
      [0, 1, 2, 3].map((week) => ({ shop: nth(rivals, of % 5), week, deed: 'credit', at: of * day, token: `d${of}` })),
    )
    happened([...[0, 1, 2, 3].flatMap((week) => busy([own, ...rivals], week, times(6))), ...odd])
    const shifts = [1, 6]
    return async () => {
      const { from: _from, to: _to, ...expected } = await ask(own, weeks(1, 2))
      expect(expected).toMatchObject({ weeks: [mondayOf(1), mondayOf(2)], peers: { merchants: 5 } })
      for (const before of shifts) {
        const { from: _f, to: _t, ...found } = await ask(own, shifted(weeks(1, 2), -before, 6 - before))
        expect(found).toEqual(expected)
      }
    }
  })

  given('by a week shows the difference of a week of five, and never of a week of four', () => {
    // Catches: a week that counts because its neighbour does. In week 1, one of the five is gone.
    const { own, rivals } = openStreet()
    happened([...busy(rivals, 0), ...busy(rivals.slice(1), 1, times(4, 'credit')), ...busy(rivals, 2, times(2))])
    return async () => {
      expect(await peersFor(own, weeks(1))).toEqual(suppressed('too_few_merchants'))
      for (const end of [0, 2]) {
        const alone = await peersFor(own, weeks(end))
        expect(await peersFor(own, end === 0 ? weeks(0, 1) : weeks(1, 2))).toEqual(alone)
      }
      expect((await peersFor(own, weeks(0, 2))).weeks).toEqual([mondayOf(0), mondayOf(2)])
    }
  })
})

describe('who asks moves nothing of what it is told of others:', () => {
  given('its own checkouts, however many, of whichever customers, at whichever checkout numbers', () => {
    // Catches: own events among the peers', and joins of events, tills or customers without their merchant.
    const open = (street: Street) => [
      ...good(street),
      ...street.rivals.map((shop, i): Visit => ({
        ...{ shop, week: 0, deed: i % 2 === 0 ? 'abandoned' : 'credit' },
        ...{ token: `shared-${i}`, checkoutId: `shared-${i}` },
      })),
    ]
    const [plain, other] = [openStreet({ sharedTokens: true }), openStreet({ sharedTokens: true })]
    happened([plain, other].flatMap(open))
    // The peers' checkouts, customers and till numbers once more, paid this time and a day later too.
    happened(
      [0, 1, 2, 3, 4].flatMap((i) => [
        { shop: other.own, week: 0, deed: 'sale', token: `shared-${i}`, checkoutId: `shared-${i}` },
        { shop: other.own, week: 0, deed: 'sale', token: `shared-${i}`, at: 3 * day },
        { shop: other.own, week: 0, deed: 'abandoned', token: `shared-${i}`, at: day },
      ]),
    )
    happened(busy([other.own], 1, times(20)))
    return async () => {
      for (const range of around) expect(await peersFor(other.own, range)).toEqual(await peersFor(plain.own, range))
    }
  })

  given('its own district: a city has one cohort, and no two cohorts overlap', () => {
    // Catches: cohorts by the region code, or by as much of it as is needed; two of them would differ by a district.
    const { own, rivals } = openStreet({ rivals: 1 })
    const provider = { providerId: nth(rivals, 0).providerId, mcc: own.mcc }
    const shops = ['440103', '440104', '440106', '440111', '440199'].map((region) => openShop({ ...provider, region }))
    const nextCity = openShop({ ...provider, region: '440306' })
    happened(busy([...shops, nextCity], 0))
    return async () => {
      const here = await peersFor(own, weeks(0))
      expect(here.peers.merchants).toBe(5)
      for (const region of ['440103', '440100', '440199']) {
        await house().json('PUT', `/api/v1/merchants/${own.merchantNo}`, { body: { ...own, name: 'moved', region } })
        expect(await peersFor(own, weeks(0))).toEqual(here)
      }
    }
  })

  given('and what its provider’s own merchants do, where others are shown', () => {
    // Catches: figures of both kinds in one answer.
    return keeps({ siblings: 5 }, good, ({ siblings }) => [
      ...busy(siblings, 0, times(3, 'abandoned')),
      ...busy(siblings.slice(0, 4), 1, times(5)),
    ])
  })
})

given('what other providers’ merchants do is in no answer that shows the provider’s own', () => {
  // Catches: figures of both kinds in one answer, here from the other side.
  const open = ({ own, siblings }: Street) => [0, 1, 2].flatMap((week) => busy([own, ...siblings], week))
  const secret = ({ rivals }: Street) => [0, 1, 2].flatMap((week) => busy(rivals, week, times(3, 'abandoned')))
  return keeps({ siblings: 5, rivals: 4 }, open, secret)
})

given('a peer whose tills are retired today is still in the figures of then', () => {
  // Catches: peers as of now; the answer of yesterday less that of today would be the one that closed.
  const { own, rivals } = openStreet({ rivals: 6 })
  happened([...busy(rivals, 0), ...busy(rivals, 1)])
  return async () => {
    const before = [await peersFor(own, weeks(0)), await peersFor(own, weeks(0, 1))]
    const victim = nth(rivals, 0)
    await house().json('PUT', `/api/v1/merchants/${victim.merchantNo}/terminals/${terminalNo}`, {
      body: { retiredOn: mondayOf(1) },
    })
    expect([await peersFor(own, weeks(0)), await peersFor(own, weeks(0, 1))]).toEqual(before)
  }
})

given('the same question asked again has the same answer, while others sell in weeks that are not asked for', () => {
  // Catches: figures that follow the newest events, whatever was asked.
  const { own, rivals } = openStreet()
  happened(busy(rivals, 0))
  return async () => {
    const before = await peersFor(own, weeks(0))
    happened([...busy(rivals.slice(0, 1), 1, times(9, 'abandoned')), ...busy(rivals.slice(0, 1), 5, times(3))])
    await happens()
    expect(await peersFor(own, weeks(0))).toEqual(before)
  }
})
