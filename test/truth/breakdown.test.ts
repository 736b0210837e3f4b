/** Breakdowns as the API answers them, against the brute-force reading: every name, and filters that combine. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { judgeBreakdown, names, type Name } from '../judge/breakdown.ts'
import { segmentStreams } from '../judge/segment-streams.ts'
import { openHouse, post, type House } from '../support/house.ts'
import { elsewhere } from './elsewhere.ts'
import { registerWorld, withinAMinute } from './world.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['TRUTH_ROUNDS'] ?? 3)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

interface Answer {
  groups: { group: string }[]
}

test('every group equals the brute-force reading, also of what filters leave', async () => {
  const worlds = fc.record({
    stream: segmentStreams({ merchantNo: '898000000000000', many: true }),
    by: fc.constantFrom(...names),
    // Two things that a checkout of the stream has: something is left.
    filteredBy: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
    of: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(worlds, async ({ stream: sample, by, filteredBy, of }) => {
      const stream = elsewhere(sample, '894')
      const { merchantNo, timeZone, from, to } = stream
      const providerId = `breakdown-${merchantNo}`
      const merchant = { merchantNo, providerId, mcc: '5812', region: '440106', timeZone }
      await registerWorld(house, {
        providers: [{ providerId, sharedTokens: false }],
        merchants: [merchant],
        terminals: stream.terminals.map((terminalNo) => ({ merchantNo, terminalNo })),
        ownCodes: stream.ownCodes.map((code) => ({ ...code, providerId })),
      })
      await post(house, stream.deliveries)

      const judge = (name: Name, filters: Partial<Record<Name, string>>) =>
        judgeBreakdown({ ...stream, now: Date.now(), by: name, filters })
      const filters: Partial<Record<Name, string>> = {}
      for (const name of filteredBy) {
        const groups = judge(name, filters)
        filters[name] = groups[of % Math.max(1, groups.length)]?.group ?? 'nothing'
      }
      const query = new URLSearchParams({ from, to, by, ...filters })
      for (const whose of [`merchants/${merchantNo}`, `providers/${providerId}`]) {
        await vi.waitFor(async () => {
          const { groups } = await house.json<Answer>('GET', `/api/v1/${whose}/breakdown?${query}`)
          expect(groups.toSorted((a, b) => (a.group < b.group ? -1 : 1))).toEqual(judge(by, filters))
        }, withinAMinute)
      }
    }),
    { numRuns: rounds, endOnFailure: true },
  )
}, 3_600_000)
