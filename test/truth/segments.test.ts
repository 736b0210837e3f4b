/** `segments` as the API answers them, against the brute-force reading. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { segmentStreams, type SegmentStream } from '../judge/segment-streams.ts'
import { judgeSegments, type Segments } from '../judge/segments.ts'
import { openHouse, post, type House } from '../support/house.ts'
import { approximately } from './approximately.ts'
import { registerWorld, withinAMinute } from './world.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['TRUTH_ROUNDS'] ?? 6)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

let worlds = 0
const template = '898000000000000'

async function derived({ merchantNo, from, to, by }: SegmentStream): Promise<Segments> {
  const path = `/api/v1/merchants/${merchantNo}/segments?from=${from}&to=${to}&by=${by}`
  const answer = await house.json<Segments>('GET', path)
  return { by: answer.by, segments: answer.segments.toSorted((a, b) => (a.segment < b.segment ? -1 : 1)) }
}

for (const many of [false, true]) {
  test(`every segment of ${many ? 'many checkouts' : 'a few hard checkouts'} equals the brute-force reading`, async () => {
    const arbitrary = segmentStreams({ merchantNo: template, many, now: Date.now() })
    await fc.assert(
      fc.asyncProperty(arbitrary, async (sample) => {
        worlds += 1
        const merchantNo = `896${String(worlds).padStart(12, '0')}`
        const providerId = `segments-${worlds}`
        // Merchant and provider are ones that no other round has used.
        const stream = JSON.parse(JSON.stringify(sample).replaceAll(template, merchantNo)) as SegmentStream
        await registerWorld(house, {
          providers: [{ providerId, sharedTokens: false }],
          merchants: [{ merchantNo, providerId, mcc: '5812', region: '440106', timeZone: stream.timeZone }],
          terminals: stream.terminals.map((terminalNo) => ({ merchantNo, terminalNo })),
          ownCodes: stream.ownCodes.map((code) => ({ ...code, providerId })),
        })
        await post(house, stream.deliveries)
        const judged = approximately(judgeSegments(stream))
        await vi.waitFor(async () => expect(await derived(stream)).toEqual(judged), withinAMinute)
      }),
      {
        numRuns: many ? Math.ceil(rounds / 4) : rounds,
        // Shrinking posts hundreds of streams; the seed that is printed brings the failing one back.
        endOnFailure: true,
      },
    )
  }, 3_600_000)
}
