import { expect, test } from 'vitest'
import { inTime } from './events.ts'
import { market } from './market.ts'
import { marketEvents, streamOf } from './stream.ts'

const shops = market({ seed: 11 })
const events = [...marketEvents(shops, { from: '2026-11-01', to: '2026-11-14' })]

test('each till numbers its events without a gap, in order of time, over days', () => {
  const bySource = Map.groupBy(events, ({ source }) => source)
  expect(bySource.size).toBe(shops.merchants.flatMap(({ terminals }) => terminals).length)
  for (const own of bySource.values()) {
    const first = Number(own[0]?.sequence)
    expect(own.map(({ sequence }) => Number(sequence))).toEqual(own.map((_, i) => first + i))
  }
})

test('the market is in order of time and holds each event once', () => {
  expect(events.toSorted(inTime)).toEqual(events)
  expect(new Set(events.map(({ source, id }) => `${source} ${id}`)).size).toBe(events.length)
})

test('all events lie within the days asked for', () => {
  for (const { time } of events) expect(time >= '2026-11-01' && time < '2026-11-15').toBe(true)
})

test('a later end only adds events at the end', () => {
  const sooner = [...marketEvents(shops, { from: '2026-11-01', to: '2026-11-07' })]
  expect(events.slice(0, sooner.length)).toEqual(sooner)
})

test('a shop alone streams what it sends within the market', () => {
  for (const shop of shops.merchants) {
    const own = events.filter(({ source }) => source.startsWith(`urn:terminal:${shop.merchantNo}:`))
    expect([...streamOf(shops, shop, '2026-11-01', '2026-11-14')]).toEqual(own)
  }
})

test('a basket refused in the evening can be paid the next morning', () => {
  const payments = events.flatMap((event) => (event.type === 'tillsight.payment.succeeded' ? [event] : []))
  const dayOf = (checkoutId: string) => `${checkoutId.slice(0, 4)}-${checkoutId.slice(4, 6)}-${checkoutId.slice(6, 8)}`
  expect(payments.some(({ time, data }) => dayOf(data.checkoutId) < time.slice(0, 10))).toBe(true)
})

test('a demo of a month stays small', () => {
  const month = [...marketEvents(market({ seed: 1 }), { from: '2026-10-24', to: '2026-11-23' })]
  expect(month.length).toBeGreaterThan(40_000)
  expect(month.length).toBeLessThan(60_000)
})
