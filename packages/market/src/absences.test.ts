import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Absences, outageOn, silentFrom, spellAround } from './absences.ts'
import { DAY, HOUR, dayAfter, daysFrom, midnightOf } from './calendar.ts'
import { market } from './market.ts'

const shops = market({ seed: 9, terminals: 200, providers: 4 })
const tills = shops.merchants.flatMap((merchant) =>
  merchant.terminals.map(({ terminalNo }) => ({ merchant, terminalNo })),
)
const days = { since: '2026-09-01', until: '2026-11-30' }
const [start, end] = [midnightOf(days.since), midnightOf(dayAfter(days.until))]
const absencesOf = ({ merchant, terminalNo }: (typeof tills)[number]) => new Absences(shops, merchant, terminalNo, days)
const till = fc.constantFrom(...tills)
const instant = fc.integer({ min: start, max: end - 1 })

test('what a till writes is never there earlier, and what it writes later never before it', () => {
  fc.assert(
    fc.property(till, instant, instant, (one, a, b) => {
      const absences = absencesOf(one)
      const [first, second] = [Math.min(a, b), Math.max(a, b)].map((at) => absences.reaches(at))
      expect(first).toBeGreaterThanOrEqual(Math.min(a, b))
      expect(second).toBeGreaterThanOrEqual(first ?? NaN)
    }),
    { numRuns: 2_000 },
  )
})

test('a till that comes back is back', () => {
  fc.assert(
    fc.property(till, instant, (one, at) => {
      const back = absencesOf(one).reaches(at)
      expect(absencesOf(one).reaches(back)).toBe(back)
    }),
    { numRuns: 2_000 },
  )
})

test('no two spells of a till meet, and none is longer than three days', () => {
  for (const { merchant, terminalNo } of tills) {
    const spells = new Map<number, number>()
    for (let at = start; at < end; at += DAY) {
      const [from, to] = spellAround(shops, merchant, terminalNo, at) ?? []
      if (from !== undefined && to !== undefined) spells.set(from, to)
    }
    const inOrder = [...spells].sort(([a], [b]) => a - b)
    for (const [i, [from, to]] of inOrder.entries()) {
      expect(to - from).toBeGreaterThanOrEqual(HOUR - 1)
      expect(to - from).toBeLessThanOrEqual(3 * DAY)
      expect(to).toBeLessThanOrEqual(inOrder[i + 1]?.[0] ?? Infinity)
    }
  }
})

test('an outage holds up every till of the provider in that city, and no other', () => {
  const [merchant] = shops.merchants
  if (merchant === undefined) throw new Error('no shop')
  const outages = [...daysFrom(days.since, days.until)].flatMap((day) => {
    const outage = outageOn(shops, merchant, day)
    return outage === null ? [] : [outage]
  })
  expect(outages.length).toBeGreaterThan(0)
  for (const [from, to] of outages) {
    const isHere = (one: (typeof tills)[number]) =>
      one.merchant.city === merchant.city && one.merchant.record.providerId === merchant.record.providerId
    const reached = (some: typeof tills, at: number) => some.map((one) => absencesOf(one).reaches(at))
    const [here, elsewhere] = [tills.filter(isHere), tills.filter((one) => !isHere(one))]
    expect(Math.min(...reached(here, from))).toBe(to)
    // Those held up for longer are so on their own.
    expect(reached(here, to - 1).filter((at) => at === to).length).toBeGreaterThan(here.length * 0.8)
    expect(reached(elsewhere, from).filter((at) => at === from).length).toBeGreaterThan(elsewhere.length * 0.8)
  }
})

test('a till that fell silent is not heard again, and nobody fell silent before the beginning', () => {
  const silent = tills.flatMap((one) => {
    const at = silentFrom(shops, one.merchant, one.terminalNo, { since: start, until: end })
    return at === null ? [] : [{ one, at }]
  })
  // Some 3 % a month.
  expect(silent.length).toBeGreaterThan(3)
  expect(silent.length).toBeLessThan(40)
  for (const { one, at } of silent) {
    expect(at).toBeGreaterThanOrEqual(start)
    expect(absencesOf(one).reaches(at)).toBe(Infinity)
    expect(absencesOf(one).reaches(end - 1)).toBe(Infinity)
    expect(silentFrom(shops, one.merchant, one.terminalNo, { since: start, until: at })).toBeNull()
  }
})

test('at any time one till in a hundred or so is offline', () => {
  const moments = Array.from({ length: 50 }, (_, i) => start + i * 1.7 * DAY)
  const away = moments.flatMap((at) =>
    tills.filter(({ merchant, terminalNo }) => {
      const [from = Infinity, to = -Infinity] = spellAround(shops, merchant, terminalNo, at) ?? []
      return from <= at && at < to
    }),
  )
  const share = away.length / (moments.length * tills.length)
  expect(share).toBeGreaterThan(0.004)
  expect(share).toBeLessThan(0.03)
})
