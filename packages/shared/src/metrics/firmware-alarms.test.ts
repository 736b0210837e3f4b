import { expect, test } from 'vitest'
import { clusteredDifference, upperTail } from './clustered.ts'
import type { TerminalUse } from './compatibility.ts'
import { firmwareAlarms, type FirmwareAlarm } from './firmware-alarms.ts'
import { fleetDays, planted, randomFleet, type Fault } from './random-fleets.ts'

/** Of 3,000, none alarmed. */
const fleets = 300
const alarmsOf = (uses: readonly TerminalUse[], shownFrom = 0) => firmwareAlarms(uses, { days: fleetDays, shownFrom })
/** Of pages that show the last week only. */
const lastWeek = fleetDays - 7
const isPlanted = ({ model, firmware }: FirmwareAlarm) => model === planted.model && firmware === planted.firmware

test.each([0, lastWeek])(
  'of healthy fleets, at most one page in fifty alarms of anything (from day %i)',
  (shownFrom) => {
    const wrong = Array.from({ length: fleets }, (_, seed) => seed).filter(
      (seed) => alarmsOf(randomFleet(seed), shownFrom).length > 0,
    )
    expect(wrong.length).toBeLessThanOrEqual(fleets / 50)
  },
)

for (const kind of ['day', 'installed'] as const) {
  test(`a firmware that begins to fail is named, with the day (${kind})`, () => {
    const found = Array.from({ length: 60 }, (_, i) => {
      const fault: Fault = { kind, day: 6 + (i % 16), rise: 0.6 }
      const alarms = alarmsOf(randomFleet(10_000 + i, fault))
      const hit = alarms.find(isPlanted)
      return {
        hit: hit !== undefined,
        off: hit === undefined ? 0 : Math.abs(hit.day - fault.day),
        others: alarms.length - (hit === undefined ? 0 : 1),
      }
    })
    const hits = found.filter(({ hit }) => hit)
    expect(hits.length).toBeGreaterThanOrEqual(found.length * 0.8)
    expect(hits.filter(({ off }) => off <= 1).length).toBeGreaterThanOrEqual(hits.length * 0.9)
    expect(found.filter(({ others }) => others > 0).length).toBeLessThanOrEqual(2)
  })
}

test('what began before the days shown is named with its day, while it lasts', () => {
  const found = Array.from({ length: 60 }, (_, i) => {
    const day = 8 + (i % 14)
    const fleet = randomFleet(20_000 + i, { kind: 'day', day, rise: 0.6 })
    const hit = alarmsOf(fleet, lastWeek).find(isPlanted)
    const over = alarmsOf(fleet.map(mendedFrom(lastWeek)), lastWeek).find(isPlanted)
    return { off: hit === undefined ? undefined : Math.abs(hit.day - day), over }
  })
  const hits = found.filter(({ off }) => off !== undefined)
  expect(hits.length).toBeGreaterThanOrEqual(found.length * 0.8)
  expect(hits.filter(({ off }) => (off ?? 9) <= 1).length).toBeGreaterThanOrEqual(hits.length * 0.9)
  expect(found.filter(({ over }) => over !== undefined)).toEqual([])
})

const mendedFrom =
  (day: number) =>
  (use: TerminalUse): TerminalUse => ({
    ...use,
    days: use.days.map((each) => (each.day < day ? each : { ...each, failed: 0 })),
  })

test('too little is never enough: seven shops, however they fail', () => {
  const uses = randomFleet(1, { kind: 'day', day: 15, rise: 1 }).filter(({ merchantNo }) => Number(merchantNo) < 7)
  expect(alarmsOf(uses)).toEqual([])
  expect(alarmsOf(uses, lastWeek)).toEqual([])
})

test('a version that two models have is two firmwares: where it goes bad in one, the other is not named', () => {
  const bad = randomFleet(3, { kind: 'day', day: 15, rise: 0.8 }).map((use) => ({ ...use, firmware: planted.firmware }))
  expect(alarmsOf(bad).map(({ model, firmware }) => [model, firmware])).toEqual([[planted.model, planted.firmware]])
})

test('one shop whose contract ended is one observation, however many checkouts it has', () => {
  const before = new Map(Array.from({ length: 10 }, (_, i) => [`shop ${i}`, { n: 10, x: 0 }]))
  const after = new Map([...before, ['shop 0', { n: 1000, x: 1000 }] as const])
  const { value, variance, clusters } = clusteredDifference(before, after)
  expect(value).toBeGreaterThan(0.9)
  expect(upperTail(value / Math.sqrt(variance), clusters - 1)).toBeGreaterThan(0.05)
})

test('the tail of t is never taken to be smaller than it is', () => {
  // Tables of Student's t: the upper 0.0005 of 9, and the upper 0.005 of 30 degrees.
  expect(upperTail(4.781, 9)).toBeGreaterThan(0.0005)
  expect(upperTail(4.781, 9)).toBeLessThan(0.0007)
  expect(upperTail(2.75, 30)).toBeGreaterThan(0.005)
  expect(upperTail(2.75, 30)).toBeLessThan(0.007)
})
