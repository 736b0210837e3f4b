/** Diversion looks at who paid next door. Next door is never one shop, nor another provider's. */

import { describe, expect } from 'vitest'
import {
  ask,
  busy,
  day,
  given,
  happened,
  hour,
  nth,
  openHouseForAll,
  openShop,
  openStreet,
  times,
  weeks,
  type Shop,
  type Street,
  type Visit,
} from './street.ts'

openHouseForAll()

const none = { value: null, low: null, high: null }

/** At the attacker's shop one customer is lost and one is kept; the lost one pays elsewhere an hour later. */
function lostTo(own: Shop, shop: Shop | undefined, week = 0): Visit[] {
  const token = `lost-${own.merchantNo}-${week}`
  return [
    { shop: own, week, deed: 'abandoned', token },
    { shop: own, week, deed: 'approved', token: `kept-${token}` },
    ...(shop === undefined ? [] : [{ shop, week, deed: 'sale' as const, token, at: 2 * day + hour }]),
  ]
}

const diversionOf = async ({ own }: Street, range = weeks(0)) => (await ask(own, range)).diversion

describe('diversion is not told', () => {
  given('of one shop next door, though peers of other providers are shown', () => {
    // Catches: the provider's merchants taken without the rule; the share of those who went next door is that shop's.
    const street = openStreet({ siblings: 1, sharedTokens: true })
    happened([...busy(street.rivals, 0), ...lostTo(street.own, nth(street.siblings, 0))])
    return async () => expect(await diversionOf(street)).toEqual(none)
  })

  given('of four, of five with nine customers, nor of five that one dominates', () => {
    // Catches: the rule kept by the peers of the other figures, and not by these.
    const plans: [number, (siblings: Shop[]) => Visit[]][] = [
      [4, (siblings) => busy(siblings, 0, times(5))],
      [5, (siblings) => busy(siblings, 0).map((visit, i) => ({ ...visit, token: `c${i % 9}` }))],
      [5, ([first, ...rest]) => [...busy(rest, 0), ...(first ? busy([first], 0, times(4)) : [])]],
    ]
    const streets = plans.map(([siblings, sold]) => {
      const street = openStreet({ siblings, sharedTokens: true })
      happened([...busy(street.rivals, 0), ...sold(street.siblings), ...lostTo(street.own, nth(street.siblings, 0))])
      return street
    })
    return async () => {
      for (const street of streets) expect(await diversionOf(street)).toEqual(none)
    }
  })

  given('where the provider does not share tokens, even where the same token is seen', () => {
    const street = openStreet({ siblings: 5 })
    happened([...busy(street.siblings, 0), ...lostTo(street.own, nth(street.siblings, 0))])
    return async () => expect(await diversionOf(street)).toEqual(none)
  })
})

describe('a customer who paid', () => {
  const open = (more: Partial<Parameters<typeof openStreet>[0]> = {}) =>
    openStreet({ siblings: 5, sharedTokens: true, ...more })

  given('control: at one of five neighbours of the same provider is diverted', () => {
    const street = open()
    happened([...busy(street.siblings, 0), ...lostTo(street.own, nth(street.siblings, 0))])
    return async () => expect(await diversionOf(street)).toMatchObject({ value: 1 })
  })

  given('at another provider’s is not followed there, though those are the peers of the other figures', () => {
    // Catches: diversion among the peers of the answer; customers could be followed from provider to provider.
    const street = open()
    happened([...busy([...street.siblings, ...street.rivals], 0), ...lostTo(street.own, nth(street.rivals, 0))])
    return async () => expect(await diversionOf(street)).toMatchObject({ value: 0 })
  })

  given('in another trade or city of the same provider is not followed there', () => {
    // Catches: all of the provider's merchants.
    const street = open()
    const { providerId, mcc } = street.own
    const trade = openShop({ providerId, mcc: String(Number(mcc) + 5000) })
    const city = openShop({ providerId, mcc, region: '440306' })
    happened([...busy([...street.siblings, trade, city], 0), ...lostTo(street.own, trade)])
    happened(lostTo(street.own, city).slice(2))
    return async () => expect(await diversionOf(street)).toMatchObject({ value: 0 })
  })

  given('next door before being refused, or at one that nobody asked for Huabei that week, is not diverted', () => {
    // Catches: payments before t₀; a merchant of the provider that is no peer in the week.
    const street = open({ siblings: 6 })
    const [quiet, ...asked] = street.siblings
    happened([...busy(asked, 0), ...lostTo(street.own, quiet)])
    const token = 'was-there-before'
    happened([
      { shop: nth(asked, 0), week: 0, deed: 'sale', token, at: 2 * day - hour },
      { shop: street.own, week: 0, deed: 'abandoned', token, at: 2 * day },
    ])
    return async () => expect(await diversionOf(street)).toMatchObject({ value: 0 })
  })

  given('between two weeks that count, in one that does not, is neither lost nor kept', () => {
    // Catches: the checkouts of such a week taken for the week before.
    const street = open()
    const everybody = [...street.siblings, ...street.rivals]
    happened([...busy(everybody, 0), ...busy(street.rivals, 1), ...busy(everybody, 2)])
    for (const [week, shop] of [nth(street.siblings, 0), undefined, nth(street.siblings, 0)].entries())
      happened(lostTo(street.own, shop, week))
    return async () => expect(await diversionOf(street, weeks(0, 2))).toMatchObject({ value: 1 })
  })

  given('in a week in which only one neighbour was open is not counted, whatever range is taken', () => {
    // Catches: weeks that count for the other figures taken for this one.
    const street = open()
    happened([
      ...busy([...street.siblings, ...street.rivals], 0),
      ...busy(street.rivals, 1),
      ...lostTo(street.own, undefined),
    ])
    happened([...busy(street.siblings.slice(0, 1), 1), ...lostTo(street.own, nth(street.siblings, 0), 1)])
    return async () => {
      expect(await diversionOf(street, weeks(1))).toEqual(none)
      expect(await diversionOf(street, weeks(0, 1))).toEqual(await diversionOf(street, weeks(0)))
    }
  })
})
