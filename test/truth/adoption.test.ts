/** `adoption` as the API answers it, against the brute-force reading. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { judgeAdoption, type Adoption } from '../judge/adoption.ts'
import { fleets, type Fleet } from '../judge/fleet-streams.ts'
import type { Point } from '../judge/survival.ts'
import { openHouse, post, type House } from '../support/house.ts'
import { approximately } from './approximately.ts'
import { registerWorld, withinAMinute } from './world.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['TRUTH_ROUNDS'] ?? 3)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

let worlds = 0

/** The same fleet where no other round has been. Its terminals are registered now. */
function elsewhere(fleet: Fleet): Fleet {
  worlds += 1
  const written = JSON.stringify(fleet)
    .replaceAll('8980000000000', `894${String(worlds).padStart(10, '0')}`)
    .replaceAll(/"(p[12])"/g, `"$1-${worlds}"`)
  const fresh = JSON.parse(written) as Fleet
  const now = Date.now()
  return { ...fresh, now, terminals: fresh.terminals.map((terminal) => ({ ...terminal, registeredAt: now })) }
}

/** The curve as the step function it is: which of the days without an opening it lists is left open. */
function daily(curve: readonly Point[], until: number): (Omit<Point, 'day'> | undefined)[] {
  return Array.from({ length: until + 1 }, (_, day) => {
    const point = curve.findLast((each) => each.day <= day)
    return point === undefined ? undefined : { notOpen: point.notOpen, low: point.low, high: point.high }
  })
}

/**
 * In one order, without the days' groups that have no terminal, and the curve by day as far as it steps; where there is no
 * terminal that could open, nothing is said of the curve.
 */
function comparable({ by, days, funnel, timeToOpen, reasons }: Adoption, until: number): unknown {
  return {
    by,
    days: days
      .filter(({ terminals }) => terminals > 0)
      .toSorted((a, b) => (`${a.day} ${a.group}` < `${b.day} ${b.group}` ? -1 : 1)),
    funnel,
    timeToOpen: { ...timeToOpen, curve: timeToOpen.terminals === 0 ? [] : daily(timeToOpen.curve, until) },
    reasons: reasons.toSorted((a, b) => (a.reason < b.reason ? -1 : 1)),
  }
}

test('every figure of a provider’s fleet equals the brute-force reading', async () => {
  await fc.assert(
    fc.asyncProperty(fleets({ now: Date.now() }), async (sample) => {
      const fleet = elsewhere(sample)
      const { providerId, from, to, by } = fleet
      const providers = new Set(
        [fleet.merchants, fleet.ownCodes]
          .flat()
          .map((record) => record.providerId)
          .concat(providerId),
      )
      await registerWorld(house, {
        ...fleet,
        providers: [...providers].map((id) => ({ providerId: id, sharedTokens: false })),
      })
      await post(house, fleet.deliveries)

      const judged = judgeAdoption(fleet)
      const until = judged.timeToOpen.curve.at(-1)?.day ?? 0
      const expected = approximately(comparable(judged, until))
      const path = `/api/v1/providers/${providerId}/adoption?from=${from}&to=${to}&by=${by}`
      await vi.waitFor(async () => {
        const answer = await house.json<Adoption>('GET', path)
        expect(comparable(answer, until)).toEqual(expected)
      }, withinAMinute)
    }),
    // Shrinking posts hundreds of fleets; the seed that is printed brings the failing one back.
    { numRuns: rounds, endOnFailure: true },
  )
}, 3_600_000)
