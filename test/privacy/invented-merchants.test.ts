/**
 * A provider registers what it likes under itself, moves it where it likes and has it sell what it likes. None of it brings a
 * victim of another provider into view.
 */

import { beforeAll, describe, expect } from 'vitest'
import { keyFor } from '../support/house.ts'
import {
  ask,
  busy,
  given,
  happened,
  house,
  nth,
  openHouseForAll,
  openShop,
  openStreet,
  peersFor,
  suppressed,
  times,
  weeks,
  type OfPeers,
  type Shop,
  type Street,
} from './street.ts'

openHouseForAll()

const few = suppressed('too_few_merchants')

/** Every shop of the provider that registered inventions beside the victims. */
const asked = ({ own, siblings }: Street): Shop[] => [own, ...siblings]

describe('invented merchants beside too few victims show the inventor its inventions only:', () => {
  given('one victim and four inventions make no five', () => {
    // Catches: "at least 5 merchants" of all providers together; four of the five figures would be known.
    const alone = openStreet({ rivals: 1, siblings: 4 })
    happened([...busy(alone.rivals, 0, times(3, 'abandoned')), ...busy(asked(alone), 0, times(3))])
    return async () => {
      for (const shop of asked(alone)) expect(await peersFor(shop, weeks(0))).toEqual(few)
    }
  })

  given('nor do four victims and one invention, nor four and twenty', () => {
    const [one, twenty] = [openStreet({ rivals: 4, siblings: 1 }), openStreet({ rivals: 4, siblings: 20 })]
    const empty = openStreet({ rivals: 4, siblings: 20 })
    for (const street of [one, twenty]) happened(busy(street.rivals, 0, times(4, 'abandoned')))
    for (const street of [one, twenty, empty]) happened(busy(asked(street), 0))
    return async () => {
      expect(await peersFor(one.own, weeks(0))).toEqual(few)
      // Twenty are peers of each other: what they are told is what they would be told without a victim.
      expect(await peersFor(twenty.own, weeks(0))).toEqual(await peersFor(empty.own, weeks(0)))
    }
  })

  given('a dominant victim is not diluted by a crowd, whose figures stay its own', () => {
    // Catches: 25 % of all that was attempted in the street.
    const [street, empty] = [openStreet({ siblings: 20 }), openStreet({ siblings: 20 })]
    happened([...busy(street.rivals.slice(0, 1), 0, times(9, 'abandoned')), ...busy(street.rivals.slice(1), 0)])
    for (const { own, siblings } of [street, empty]) happened(busy([own, ...siblings], 0, times(3)))
    return async () => {
      expect(await peersFor(street.own, weeks(0))).toEqual(await peersFor(empty.own, weeks(0)))
    }
  })

  given('among five victims, the inventor learns nothing else by asking from each of its shops', () => {
    // Catches: a cohort that leaves out another merchant for each asker; two answers would differ by one of them.
    const street = openStreet({ siblings: 3 })
    happened([...busy(street.rivals, 0), ...busy(asked(street), 0, times(5, 'abandoned'))])
    return async () => {
      const answers: OfPeers[] = []
      for (const shop of asked(street)) answers.push(await peersFor(shop, weeks(0)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toMatchObject({
        peers: { merchants: 5 },
        quartiles: [
          [0.5, 0.5, 0.5],
          [1, 1, 1],
          [null, null, null],
        ],
      })
    }
  })
})

describe('a provider that moves its merchants about', () => {
  const spots = [
    { rivals: 1, region: '110105' },
    { rivals: 2, region: '310104' },
    { rivals: 4, region: '440306' },
  ]
  let key: string
  const tourist = openStreet({ rivals: 0, siblings: 4 })
  beforeAll(async () => {
    key = await keyFor(house(), { role: 'provider', providerId: tourist.own.providerId })
  })
  const move = (shop: Shop, to: { mcc: string; region: string }) =>
    house().json('PUT', `/api/v1/merchants/${shop.merchantNo}`, { key, body: { ...shop, ...to, name: 'Tourist' } })

  given('finds no city and no trade in which it sees fewer than five, alone or with all it has', () => {
    // Catches: a rule kept when a merchant was registered, and cohorts that a provider can fill up.
    const victims = spots.map(({ rivals, region }) => {
      const { rivals: opened, own } = openStreet({ rivals })
      const shops = opened.map(({ providerId, mcc }) => openShop({ providerId, mcc, region }))
      happened(busy(shops, 0, times(4, 'abandoned')))
      return { mcc: own.mcc, region }
    })
    happened(busy([tourist.own, ...tourist.siblings], 0, times(3)))
    return async () => {
      for (const spot of victims) {
        await move(tourist.own, spot)
        expect(await peersFor(tourist.own, weeks(0))).toEqual(few)
        for (const shop of tourist.siblings) await move(shop, spot)
        expect(await peersFor(tourist.own, weeks(0))).toEqual(few)
        expect(await peersFor(nth(tourist.siblings, 0), weeks(0))).toEqual(few)
      }
    }
  })

  given('can move none but its own, nor become another provider, nor share tokens', () => {
    // Catches: registry writes by what the body says and not by whose the merchant is.
    const { rivals, own } = openStreet({ rivals: 1 })
    return async () => {
      const victim = nth(rivals, 0)
      const attempts: [string, unknown][] = [
        [`/merchants/${victim.merchantNo}`, { ...victim, providerId: tourist.own.providerId, name: 'x' }],
        [`/merchants/${victim.merchantNo}`, { ...victim, region: '650102', name: 'x' }],
        [`/merchants/${tourist.own.merchantNo}`, { ...tourist.own, providerId: victim.providerId, name: 'x' }],
        [`/merchants/898584999999999`, { ...tourist.own, providerId: own.providerId, name: 'x' }],
        [`/providers/${tourist.own.providerId}`, { name: 'x', sharedTokens: true }],
        [`/providers/its-second`, { name: 'x' }],
      ]
      for (const [path, body] of attempts) {
        const response = await house().call('PUT', `/api/v1${path}`, { key, body })
        expect([path, response.status]).toEqual([path, 404])
      }
      const rows = attempts.map(([path, body]) => {
        const [, kind, id] = path.split('/') as [string, string, string]
        const named = kind === 'merchants' ? { kind: 'merchant', merchantNo: id } : { kind: 'provider', providerId: id }
        return JSON.stringify({ ...(body as object), ...named })
      })
      const answer = await house().json<{ accepted: number }>('POST', '/api/v1/registry/import', {
        ...{ key, body: rows.join('\n'), headers: { 'content-type': 'application/x-ndjson' } },
      })
      expect(answer.accepted).toBe(0)
    }
  })
})

given('codes that a provider maps for itself tell nothing of what was declined next door', () => {
  // Catches: the asker's own codes read into everybody's events; mapping a code and taking it back would count it at the peers.
  const { own, rivals } = openStreet()
  happened([...busy(rivals, 0, ['credit', 'approved']), ...busy([own], 0, ['credit', 'approved'])])
  return async () => {
    const before = await ask(own, weeks(0))
    const path = `/api/v1/providers/${own.providerId}/codes/ISO8583/51`
    await house().json('PUT', path, { body: { reason: 'MARGIN_FEE' }, expected: 201 })
    const after = await ask(own, weeks(0))
    await house().call('DELETE', path)
    expect({ ...after.retention, own: null }).toEqual({ ...before.retention, own: null })
    expect(after.returnRatio).toEqual(before.returnRatio)
  }
})
