import { expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from './calendar.ts'
import { sourceOf } from './events.ts'
import { DEFECTS, defectOf, writtenBy } from './firmware.ts'
import type { Defect, Written } from './firmware.ts'
import { market } from './market.ts'
import { streamOf } from './stream.ts'

const shops = market({ seed: 4, terminals: 2_000 })
const tills = shops.merchants.flatMap((merchant) =>
  merchant.terminals.map((till) => ({ merchant, till, defect: defectOf(shops, merchant, till) })),
)

/** What the first till with that defect makes of its days, event by event. */
function daysOf(defect: Defect | null, to = '2026-11-08') {
  const found = tills.find((one) => one.defect === defect && one.merchant.shop.reportsSales)
  if (found === undefined) throw new Error(`no till has ${defect}`)
  const { merchant, till } = found
  const source = sourceOf(merchant.merchantNo, till.terminalNo)
  return [...streamOf(shops, merchant, '2026-11-02', to)]
    .filter((event) => event.source === source)
    .map((event) => ({ event, at: Date.parse(event.time), written: writtenBy(shops, merchant, till, event) }))
}

const allOf = (defect: Defect | null): Written[] => daysOf(defect).flatMap(({ written }) => written)

test('every defect is somewhere, most tills have none, and old firmware has more', () => {
  expect(new Set(tills.map(({ defect }) => defect))).toEqual(new Set([null, ...DEFECTS]))
  const share = (some: typeof tills) => some.filter(({ defect }) => defect !== null).length / some.length
  expect(share(tills)).toBeLessThan(0.25)
  const [old, recent] = [true, false].map((is) => tills.filter(({ till }) => till.record.firmware < '3' === is))
  expect(share(old ?? [])).toBeGreaterThan(share(recent ?? []) + 0.3)
})

test('a sound till writes what happened', () => {
  for (const { event, at, written } of daysOf(null)) {
    const { id, type, data } = event
    const terminalNo = event.source.slice(-8)
    expect(written).toEqual([{ at, time: at, terminalNo, id, type, data }])
  }
})

test('whatever is wrong with a till, each event is written, not before it happened, and the same when asked again', () => {
  for (const defect of DEFECTS) {
    const days = daysOf(defect)
    expect(days.length).toBeGreaterThan(20)
    expect(daysOf(defect)).toEqual(days)
    for (const { event, at, written } of days) {
      expect(written.map(({ id }) => id)).toContain(event.id)
      for (const one of written) expect(one.at).toBeGreaterThanOrEqual(at)
    }
  }
})

test('clocks are wrong by what they are wrong by, all the time', () => {
  const offsets = (defect: Defect) => new Set(allOf(defect).map(({ time, at }) => time - at))
  const [fast = NaN, ...others] = offsets('fastClock')
  expect(others).toEqual([])
  expect(fast).toBeGreaterThanOrEqual(MINUTE)
  expect(fast).toBeLessThan(9 * MINUTE)
  const [slow = NaN, ...more] = offsets('slowClock')
  expect(more).toEqual([])
  expect(slow).toBeLessThanOrEqual(-HOUR)
  expect(slow).toBeGreaterThan(-8 * HOUR)
  for (const { time, at } of allOf('wholeSeconds')) {
    expect(time % SECOND).toBe(0)
    expect(at - time).toBeLessThan(SECOND)
  }
})

test('an empty battery takes a morning back to 2018, and the rest of the day is right', () => {
  const wrong = daysOf('deadBattery', '2026-11-29')
    .flatMap(({ written }) => written)
    .map(({ time, at }) => ({ at, year: new Date(time).getUTCFullYear(), time }))
  expect(new Set(wrong.map(({ year }) => year)).size).toBe(2)
  for (const { year, time, at } of wrong) {
    if (year >= 2026) expect(time).toBe(at)
    else expect(new Date(at + 8 * HOUR).getUTCHours()).toBeLessThan(14)
  }
})

test('what is sent twice is the same event', () => {
  const twice = daysOf('sendsTwice').filter(({ written }) => written.length > 1)
  expect(twice.length).toBeGreaterThan(5)
  for (const { written } of twice) expect({ ...written[1], at: 0 }).toEqual({ ...written[0], at: 0 })
})

test('what the contract does not know is what the ingest is to refuse, or to show as unmapped', () => {
  const known = new Set(allOf(null).map(({ type }) => type))
  expect(allOf('heartbeats').some(({ type }) => !known.has(type))).toBe(true)
  expect(allOf('testSales').filter(({ data }) => 'amount' in data && data.amount === 0).length).toBeGreaterThan(0)
  expect(allOf('spareTill').every(({ terminalNo }) => terminalNo.startsWith('9'))).toBe(true)
  const amounts = allOf('yuan').flatMap(({ data }) => ('amount' in data ? [Number(data.amount)] : []))
  expect(amounts.some((amount) => !Number.isInteger(amount))).toBe(true)
  const codes = allOf('vendorCodes').flatMap(({ data }) => ('code' in data ? [JSON.stringify(data.code)] : []))
  expect(codes.length).toBeGreaterThan(0)
  for (const code of codes) expect(code).toMatch(/ERR_0x1F|E-77|Z9/)
})
