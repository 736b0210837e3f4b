import { DAY, HOUR, dayOf, midnightOf } from '@tillsight/market/calendar.ts'
import type { Delivery } from '@tillsight/market/delivery.ts'
import { market } from '@tillsight/market/market.ts'
import { expect, test } from 'vitest'
import { Load } from './load.ts'

const shops = market({ seed: 6, terminals: 90, providers: 2 })
const rate = 500
const stepMs = 100

class FakeGateway {
  queued = 0
  readonly recorded: Delivery[] = []

  record(deliveries: readonly Delivery[]): void {
    this.recorded.push(...deliveries)
  }
}

function loadOf(days: number) {
  const gateways = new Map(shops.providers.map(({ providerId }) => [providerId, new FakeGateway()]))
  const load = new Load({ market: shops, gateways, rate, days })
  return { load, gateways, recorded: () => [...gateways.values()].flatMap((gateway) => gateway.recorded) }
}

test('the rate is reached on the average of the days, which keep their shape', () => {
  const { load, recorded } = loadOf(20)
  const begins = load.now
  let steps = 0
  for (; load.now < begins + 7 * DAY; steps += 1) load.step(stepMs)
  const perSecond = recorded().length / ((steps * stepMs) / 1_000)
  expect(perSecond / rate).toBeGreaterThan(0.9)
  expect(perSecond / rate).toBeLessThan(1.1)

  const byHour = Map.groupBy(recorded(), ({ written: { at } }) => Math.floor((at - midnightOf(dayOf(at))) / HOUR))
  const at = (hour: number) => byHour.get(hour)?.length ?? 0
  expect(at(12)).toBeGreaterThan(2 * at(10))
  expect(at(18)).toBeGreaterThan(1.5 * at(16))
  expect(at(3)).toBe(0)
})

test("each provider's gateway gets the events of its own shops, in order of time", () => {
  const { load, gateways } = loadOf(3)
  for (let steps = 0; steps < 60; steps += 1) load.step(stepMs)
  for (const [providerId, { recorded }] of gateways) {
    const own = new Set(
      shops.merchants.filter((one) => one.record.providerId === providerId).map((one) => one.merchantNo),
    )
    expect(recorded.length).toBeGreaterThan(0)
    expect(recorded.filter(({ merchantNo }) => !own.has(merchantNo))).toEqual([])
    const times = recorded.map(({ reachedAt }) => reachedAt)
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
  }
})

test('time stands still while a gateway has too much in hand, and nothing is left out after', () => {
  const steps = 80
  const [free, held] = [loadOf(3), loadOf(3)]
  for (let step = 0; step < steps; step += 1) free.load.step(stepMs)
  const [gateway] = held.gateways.values()
  if (gateway === undefined) throw new Error('no gateway')
  for (let step = 0; step < 2 * steps; step += 1) {
    gateway.queued = step % 2 === 0 ? 100_000 : 0
    const before = held.load.now
    held.load.step(stepMs)
    if (gateway.queued > 0) expect(held.load.now).toBe(before)
  }
  expect(held.recorded()).toEqual(free.recorded())
})

test('what is too much for one step is recorded in the next ones', () => {
  const [slow, fast] = [loadOf(10), loadOf(10)]
  const begins = slow.load.now
  while (slow.load.now < begins + 4 * DAY) slow.load.step(stepMs)
  while (fast.load.now < slow.load.now) fast.load.step(60_000)
  const ids = slow.recorded().map(({ written }) => written.id)
  expect(ids.length).toBeGreaterThan(10_000)
  const known = new Set(fast.recorded().map(({ written }) => written.id))
  expect(ids.filter((id) => !known.has(id))).toEqual([])
})

test('it never gets ahead of now, and begins again with other customers', () => {
  const { load, recorded } = loadOf(2)
  for (let steps = 0; load.lap < 3; steps += 1) {
    load.step(1_000)
    expect(load.now).toBeLessThanOrEqual(Date.now())
    expect(steps).toBeLessThan(1_000)
  }
  // Old firmware sends some twice, and no event in two laps.
  const ids = Map.groupBy(recorded(), ({ written }) => written.id)
  expect([...ids.values()].every((copies) => copies.length <= 2)).toBe(true)
  for (const { reachedAt } of recorded()) expect(reachedAt).toBeLessThanOrEqual(Date.now())
  const dates = new Set(recorded().map(({ reachedAt }) => dayOf(reachedAt)))
  expect(dates.size).toBeLessThanOrEqual(4)
})
