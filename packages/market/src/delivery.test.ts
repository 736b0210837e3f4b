import { expect, test } from 'vitest'
import { Absences } from './absences.ts'
import { HOUR, dayAfter, midnightOf } from './calendar.ts'
import { deliveriesOf } from './delivery.ts'
import { defectOf } from './firmware.ts'
import { lapOf, market } from './market.ts'
import type { Market } from './market.ts'
import { streamOf } from './stream.ts'

const shops = market({ seed: 14, terminals: 60, providers: 2 })
const days = { from: '2026-10-26', to: '2026-11-15' }
const daysOf = (of: Market, shops = of) =>
  of.merchants.map((merchant) => [...deliveriesOf(of, merchant, { ...days, shops })])
const all = daysOf(shops)

test('the same seed gives the same deliveries', () => {
  expect(daysOf(market({ seed: 14, terminals: 60, providers: 2 }))).toEqual(all)
})

test('each list is a day, in the order of reaching the gateway', () => {
  for (const shop of all) {
    let day = days.from
    for (const deliveries of shop) {
      const times = deliveries.map(({ reachedAt }) => reachedAt)
      expect(times.toSorted((a, b) => a - b)).toEqual(times)
      for (const at of times) {
        expect(at).toBeGreaterThanOrEqual(midnightOf(day))
        expect(at).toBeLessThan(midnightOf(dayAfter(day)))
      }
      day = dayAfter(day)
    }
    expect(day).toBe(dayAfter(days.to))
  }
})

test('every event of a sound till arrives once and in order, but for those held up to the end', () => {
  const end = midnightOf(dayAfter(days.to))
  let heldUp = 0
  for (const [i, merchant] of shops.merchants.entries()) {
    const arrived = all[i]?.flat() ?? []
    const happened = [...streamOf(shops, merchant, days.from, days.to)]
    for (const till of merchant.terminals.filter((one) => defectOf(shops, merchant, one) === null)) {
      const absences = new Absences(shops, merchant, till.terminalNo, { since: days.from, until: days.to })
      const own = happened.filter(({ source }) => source.endsWith(till.terminalNo))
      const due = own.filter(({ time }) => absences.reaches(Date.parse(time)) < end)
      const ids = arrived.flatMap(({ written }) => (written.terminalNo === till.terminalNo ? [written.id] : []))
      expect(ids).toEqual(due.map(({ id }) => id))
      heldUp += own.length - due.length
    }
  }
  expect(heldUp).toBeGreaterThan(0)
})

test('a till that comes back hands over hours of trade at once', () => {
  const late = all.flat(2).filter(({ reachedAt, written }) => reachedAt > written.at + 6 * HOUR)
  const returns = Map.groupBy(late, ({ merchantNo, reachedAt, written }) =>
    [merchantNo, written.terminalNo, reachedAt].join(),
  )
  expect(Math.max(...[...returns.values()].map((own) => own.length))).toBeGreaterThan(20)
})

test('laps share what is wrong with the tills, and nothing else', () => {
  const ids = (some: typeof all) => new Set(some.flat(2).map(({ written }) => written.id))
  const lap = daysOf(lapOf(shops, 2), shops)
  expect(ids(lap).isDisjointFrom(ids(all))).toBe(true)
  for (const { merchantNo, reachedAt, written } of lap.flat(2)) {
    const merchant = shops.merchants.find((one) => one.merchantNo === merchantNo)
    const till = merchant?.terminals.find(({ terminalNo }) => terminalNo === written.terminalNo)
    if (merchant === undefined || till === undefined) continue
    const absences = new Absences(shops, merchant, till.terminalNo, { since: days.from, until: days.to })
    expect(absences.reaches(written.at)).toBe(reachedAt)
  }
})
