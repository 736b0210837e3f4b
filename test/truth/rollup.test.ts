/** What is rolled up against what is derived from the log: the same figures, whenever the job ran and in whatever order events came. */

import { lostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { segments } from '@tillsight/shared/metrics/segments.ts'
import { merchantScope } from '@tillsight/shared/registry/scope.ts'
import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { streams } from '../judge/streams.ts'
import { openHouse, post, register, type House } from '../support/house.ts'
import { elsewhere } from './elsewhere.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['TRUTH_ROUNDS'] ?? 2)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

type Range = { from: string; to: string }

/** All that a range of checkouts can tell. Nothing is remembered from one question to the next, as after a restart. */
async function figures(merchantNo: string, { from, to }: Range, of: EventStore, mayLag = 0) {
  const store: EventStore = { ...of, inserts: undefined }
  const operator = { keyId: 'k', role: 'operator' } as const
  const merchant = await merchantScope(providedStores().registry, operator, merchantNo, 'read')
  if (merchant === undefined) throw new Error('not registered')
  const parameters = { range: { from, to }, ownCodes: new Map(), now: Date.now(), mayLag }
  const { totals, series, reasons } = await lostSales(store, merchant, { ...parameters, interval: 'hour' })
  const { segments: found } = await segments(store, merchant, { ...parameters, by: 'returning' })
  return { totals, series, reasons, found }
}

/** As before anything was rolled up. */
const logOnly = (): EventStore => ({
  ...providedStores().events,
  rollup: { ...providedStores().events.rollup, rolledTo: 0 },
})

async function rolledUp(): Promise<void> {
  const until = Date.now()
  await expect.poll(() => providedStores().events.rollup.rolledTo, { timeout: 30_000 }).toBeGreaterThan(until)
}

test('rolled up, half rolled up or derived from the log, the figures are the same', async () => {
  const pause = fc.nat({ max: 400 })
  await fc.assert(
    fc.asyncProperty(
      streams({ merchantNo: '898000000000000', many: false }),
      fc.array(pause, { minLength: 3, maxLength: 3 }),
      async (sample, pauses) => {
        const stream = elsewhere(sample, '895')
        const { merchantNo, timeZone, terminals, deliveries } = stream
        await register(house, { providerId: 'p1', merchantNo, timeZone, terminals })
        const { events } = providedStores()
        const third = Math.ceil(deliveries.length / 3)
        for (const [i, ms] of pauses.entries()) {
          await post(house, deliveries.slice(i * third, (i + 1) * third))
          await new Promise((resolve) => setTimeout(resolve, ms))
          // Whatever the job has come to: what it has not rolled up is derived.
          const now = await figures(merchantNo, stream, events)
          expect(now).toEqual(await figures(merchantNo, stream, logOnly()))
        }
        await rolledUp()
        const rolled = await figures(merchantNo, stream, events, 3_600_000)
        expect(rolled).toEqual(await figures(merchantNo, stream, logOnly()))
      },
    ),
    { numRuns: rounds, endOnFailure: true },
  )
}, 3_600_000)

test('who left a till that sold again a day later is lost, also where the days of both are rolled up', async () => {
  const [merchantNo, terminalNo] = ['894000000000001', '10000001']
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  const { events } = providedStores()
  const daysAgo = (days: number): number => Date.now() - days * 24 * 3_600_000
  const told = (type: string, at: number, data: object) => ({
    ...{ specversion: '1.0', id: type, source: `urn:terminal:${merchantNo}:${terminalNo}` },
    ...{ type: `tillsight.payment.${type}`, time: new Date(at).toISOString(), data },
  })
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
  const refused = { checkoutId: 'refused', attempt: 1, amount: 4_200, method: 'HUABEI', code }
  const sold = { checkoutId: 'sold', attempt: 1, amount: 900, method: 'CASH' }
  const day = (at: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)
  const lost = async (store: EventStore): Promise<number> => {
    const { totals } = await figures(merchantNo, { from: day(daysAgo(9)), to: day(daysAgo(0)) }, store)
    return totals.netLost.amount
  }

  await post(house, [told('declined', daysAgo(6), refused)])
  await rolledUp()
  // A till that is never heard again may have fallen silent.
  expect(await lost(events)).toBe(0)
  await post(house, [told('succeeded', daysAgo(4), sold)])
  await rolledUp()
  expect(await lost(events)).toBe(4_200)
  expect(await lost(logOnly())).toBe(4_200)
})
