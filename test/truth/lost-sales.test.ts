/** The line against the judge: events posted over HTTP, figures derived by the real engine, compared with the brute-force reading. */

import { lostSales, type LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { keyOf, type OwnCodes, type Reason } from '@tillsight/shared/events/reasons.ts'
import { merchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import { streams, type Stream } from '../judge/streams.ts'
import { openHouse, post, register, type House } from '../support/house.ts'
import { elsewhere } from './elsewhere.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['TRUTH_ROUNDS'] ?? 12)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

const template = '898000000000000'

/** What the house says, in the judge's form. */
async function derived(stream: Stream): Promise<unknown> {
  const { events, registry } = providedStores()
  const merchant = await merchantScope(registry, { keyId: 'k', role: 'operator' }, stream.merchantNo, 'read')
  if (merchant === undefined) throw new Error('not registered')
  const codes: OwnCodes = new Map(
    stream.ownCodes.map((code) => [keyOf(code.system, code.value), code.reason as Reason]),
  )
  const { from, to, interval, now } = stream
  const {
    asOf: _asOf,
    basis: _basis,
    ...figures
  }: LostSales = await lostSales(events, merchant, {
    range: { from, to },
    interval,
    ownCodes: new Map([[merchant.providerId, codes]]),
    now,
    mayLag: 0,
  })
  return { ...figures, reasons: figures.reasons.sort((a, b) => (a.reason < b.reason ? -1 : 1)) }
}

/** Two ways to write one formula differ in the last bit. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'number' ? Number(inner.toPrecision(13)) : inner,
    ),
  )

async function deliver(stream: Stream, deliveries: readonly unknown[]): Promise<void> {
  const { merchantNo, timeZone, terminals } = stream
  await register(house, { providerId: 'p1', merchantNo, timeZone, terminals })
  const third = Math.ceil(deliveries.length / 3)
  for (let i = 0; i < deliveries.length; i += third) await post(house, deliveries.slice(i, i + third))
}

for (const many of [false, true]) {
  test(`every figure of ${many ? 'many checkouts' : 'a few hard checkouts'} equals the brute-force reading`, async () => {
    const arbitrary = streams({ merchantNo: template, many })
    await fc.assert(
      fc.asyncProperty(arbitrary, async (sample) => {
        const stream = elsewhere(sample)
        await deliver(stream, stream.deliveries)
        expect(rounded(await derived(stream))).toEqual(rounded(judgeLostSales(stream)))
      }),
      {
        numRuns: many ? Math.ceil(rounds / 4) : rounds,
        // Shrinking posts hundreds of streams; the seed that is printed brings the failing one back.
        endOnFailure: true,
      },
    )
  }, 3_600_000)
}
