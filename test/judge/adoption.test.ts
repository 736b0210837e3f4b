// Contract section 7, `adoption`. Every expectation was worked out by hand from its words.

import { describe, expect, test } from 'vitest'
import { judgeAdoption, type AdoptionQuestion } from './adoption.ts'
import { eventsOf, type Deed } from './deeds.ts'
import type { TerminalRecord } from './terminals.ts'
import { written } from './stream-moments.ts'
import type { WireData, WireEvent } from './wire-event.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** 3 November 2026, 00:00 in Shanghai. */
const midnight = Date.parse('2026-11-03T00:00:00+08:00')

const merchantNo = '898584058120001'
const merchant = {
  ...{ merchantNo, providerId: 'p1', mcc: '5812', region: '440106', timeZone: 'Asia/Shanghai' },
}
const terminal = (terminalNo: string, more: Partial<TerminalRecord> = {}): TerminalRecord => ({
  ...{ merchantNo, terminalNo, model: 'I9', firmware: '1.0', retiredOn: null, registeredAt: midnight },
  ...more,
})
const sourceOf = (terminalNo: string, merchantOf = merchantNo) => `urn:terminal:${merchantOf}:${terminalNo}`

let count = 0
function reported(at: number, state: string | null, more: WireData = {}, terminalNo = 'A'): WireEvent {
  count += 1
  const methods = state === null ? [] : [{ method: 'HUABEI', state }]
  return {
    ...{ specversion: '1.0', id: `r${count}`, source: sourceOf(terminalNo), type: 'tillsight.terminal.reported' },
    ...{ time: written(midnight + at, 480), data: { methods, ...more } },
  }
}
function did(at: number, deed: Deed, terminalNo = 'A', merchantOf = merchantNo): WireEvent[] {
  count += 1
  const told = { source: sourceOf(terminalNo, merchantOf), checkoutId: `c${count}`, time: midnight + at }
  return eventsOf(deed, { ...told, amount: 100, token: null })
}

const asks = (events: readonly WireEvent[], asked: Partial<AdoptionQuestion> = {}) =>
  judgeAdoption({
    ...{ providerId: 'p1', merchants: [merchant], terminals: [terminal('A')], events, ownCodes: [] },
    ...{ now: midnight + 300 * day, from: '2026-11-03', to: '2026-11-03', by: 'model', ...asked },
  })
/** What a day's only row says. */
const row = (events: readonly WireEvent[], asked: Partial<AdoptionQuestion> = {}) => asks(events, asked).days[0]

describe('a terminal counts', () => {
  const days = (events: readonly WireEvent[], more: Partial<TerminalRecord> = {}) =>
    asks(events, { terminals: [terminal('A', more)], from: '2026-11-01', to: '2026-11-05' }).days.map(
      (each) => each.day,
    )

  test('from the day it was registered, without an event too', () => {
    expect(days([])).toEqual(['2026-11-03', '2026-11-04', '2026-11-05'])
    expect(days([], { registeredAt: midnight - 1 })[0]).toBe('2026-11-02')
  })

  test('from the day of its first event where that was earlier, a report or any other', () => {
    expect(days([reported(-day - 1, 'open')])[0]).toBe('2026-11-01')
    expect(days(did(-day, 'sale'))[0]).toBe('2026-11-02')
    expect(days([reported(day, 'open')])[0]).toBe('2026-11-03')
  })

  test('through the day before `retiredOn`', () => {
    expect(days([], { retiredOn: '2026-11-05' })).toEqual(['2026-11-03', '2026-11-04'])
    expect(days([], { retiredOn: '2026-11-03' })).toEqual([])
  })

  test('at the provider’s own merchants', () => {
    expect(asks([], { providerId: 'p2' }).days).toEqual([])
    expect(asks([], { providerId: 'p2' }).funnel.terminals).toBe(0)
  })
})

describe('its state', () => {
  test('is unknown before any report, and the last reported by the end of the day', () => {
    expect(row([])).toMatchObject({ terminals: 1, unknown: 1, open: 0 })
    expect(row([reported(day - 1, 'open'), reported(0, 'suspended')])).toMatchObject({ open: 1, unknown: 0 })
    expect(row([reported(day, 'open')])).toMatchObject({ unknown: 1, open: 0 })
    expect(row([reported(-100 * day, 'not_capable')])).toMatchObject({ notCapable: 1 })
  })

  test('is kept by a report that does not list Huabei itself', () => {
    const other = { methods: [{ method: 'HUABEI_INSTALMENT', state: 'open' }] }
    expect(row([reported(0, 'signed_not_open'), reported(1, null), reported(2, null, other)])).toMatchObject({
      signedNotOpen: 1,
    })
  })

  test('of two reports at one instant is that of the larger id', () => {
    const two = [
      { ...reported(0, 'open'), id: 'a' },
      { ...reported(0, 'suspended'), id: 'B' },
    ]
    expect(row(two)).toMatchObject({ open: 1 })
  })

  test('is by the end of the merchant’s own day', () => {
    const abroad = { merchants: [{ ...merchant, timeZone: 'America/New_York' }] }
    expect(row([reported(37 * hour - 1, 'open')], abroad)).toMatchObject({ day: '2026-11-03', open: 1 })
    expect(row([reported(37 * hour, 'open')], abroad)).toMatchObject({ day: '2026-11-03', unknown: 1 })
  })
})

describe('its group', () => {
  const group = (events: readonly WireEvent[], asked: Partial<AdoptionQuestion>) => row(events, asked)?.group

  test('is the model or firmware last reported by then, each by itself, else the registry’s', () => {
    const events = [reported(0, null, { model: 'A920' }), reported(1, 'open', { firmware: '2.0' })]
    expect(group(events, {})).toBe('A920')
    expect(group(events, { by: 'firmware' })).toBe('2.0')
    expect(group([reported(day, null, { model: 'A920' })], {})).toBe('I9')
    expect(group([], { terminals: [terminal('A', { firmware: null })], by: 'firmware' })).toBe('unknown')
  })

  test('is the MCC, or the first four digits of the region', () => {
    expect(group([], { by: 'mcc' })).toBe('5812')
    expect(group([], { by: 'city' })).toBe('4401')
  })

  test('may be another from day to day', () => {
    const { days } = asks([reported(day, null, { model: 'A920' })], { to: '2026-11-04' })
    expect(days.map((each) => [each.day, each.group])).toEqual([
      ['2026-11-03', 'I9'],
      ['2026-11-04', 'A920'],
    ])
  })
})

describe('active', () => {
  test('is an approved checkout in the 28 days up to and including that day', () => {
    expect(row(did(day - 1, 'approved'))).toMatchObject({ active: 1 })
    expect(row(did(-27 * day, 'approved'))).toMatchObject({ active: 1 })
    expect(row(did(-27 * day - 1, 'approved'))).toMatchObject({ active: 0 })
    expect(row(did(day, 'approved'))).toMatchObject({ active: 0 })
    expect(row(did(0, 'recoveredInWallet'))).toMatchObject({ active: 0 })
  })

  test('is the terminal of t₀, not the one that was paid at', () => {
    const [asked] = did(0, 'pending', 'B')
    const [paid] = did(minute, 'approved')
    const moved = { ...paid, data: { ...paid?.data, checkoutId: asked?.data.checkoutId } } as WireEvent
    const terminals = [terminal('A', { model: 'a' }), terminal('B', { model: 'b' })]
    const { days } = asks([asked as WireEvent, moved], { terminals })
    expect(days.map((each) => [each.group, each.active])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
  })
})

test('the funnel is as of `to`, each step by itself', () => {
  const terminals = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((no) => terminal(no))
  const events = [
    reported(0, 'not_capable', {}, 'A'),
    reported(0, 'capable_not_signed', {}, 'B'),
    reported(0, 'signed_not_open', {}, 'C'),
    reported(0, 'open', {}, 'D'),
    reported(0, 'suspended', {}, 'E'),
    ...[...did(-28 * day, 'approved', 'A'), ...did(0, 'approved', 'F'), ...did(day, 'approved', 'G')],
  ]
  const expected = { terminals: 7, capable: 4, signed: 3, open: 1, succeeded: 2, active: 1 }
  expect(asks(events, { terminals, from: '2026-11-01' }).funnel).toEqual(expected)
  const retired = terminals.map((each) => ({ ...each, retiredOn: '2026-11-03' }))
  expect(asks(events, { terminals: retired, from: '2026-11-01' }).funnel.terminals).toBe(0)
})

describe('time to open', () => {
  const to = '2026-11-12'
  const time = (events: readonly WireEvent[], asked: Partial<AdoptionQuestion> = {}) => {
    const { terminals, opened, curve } = asks(events, { to, ...asked }).timeToOpen
    return [terminals, opened, curve.at(-1)?.day]
  }
  const lost = did(12 * hour, 'recoveredOther')

  test('runs in local days from the first unsupported checkout to the first `open` after it', () => {
    expect(time([...lost, reported(day, 'open'), reported(3 * day, 'open')])).toEqual([1, 1, 1])
    expect(time([...lost, reported(12 * hour + 1, 'open')])).toEqual([1, 1, 0])
    expect(time([...lost, ...did(-30 * day, 'abandoned'), reported(day, 'open')])).toEqual([1, 1, 31])
    expect(time([...did(12 * hour, 'credit'), reported(day, 'open')])).toEqual([0, 0, 0])
  })

  test('leaves out who was open at that time, by a report of that instant too', () => {
    expect(time([...lost, reported(0, 'open'), reported(day, 'open')])).toEqual([0, 0, 0])
    expect(time([...lost, reported(12 * hour, 'open')])).toEqual([0, 0, 0])
    expect(time([...lost, reported(0, 'open'), reported(1, 'suspended'), reported(day, 'open')])).toEqual([1, 1, 1])
  })

  test('is censored at `to`, whatever came after', () => {
    expect(time(lost)).toEqual([1, 0, 0])
    expect(time([...lost, reported(10 * day - 1, 'open')])).toEqual([1, 1, 9])
    expect(time([...lost, reported(10 * day, 'open')])).toEqual([1, 0, 0])
    expect(time(lost, { from: '2026-11-01', to: '2026-11-02' })).toEqual([0, 0, 0])
  })

  test('is censored at `retiredOn`, where it no longer counts', () => {
    const opening = (retiredOn: string, at: number) =>
      time([...lost, reported(at, 'open')], { terminals: [terminal('A', { retiredOn })] })
    expect(opening('2026-11-06', 3 * day - 1)).toEqual([1, 1, 2])
    expect(opening('2026-11-06', 3 * day)).toEqual([1, 0, 0])
    expect(opening('2026-11-03', 3 * day)).toEqual([0, 0, 0])
  })

  test('counts who is censored on the day of another’s opening as at risk', () => {
    const both = [...did(0, 'recoveredOther', 'A'), ...did(0, 'recoveredOther', 'B'), reported(3 * day, 'open')]
    const terminals = [terminal('A'), terminal('B', { retiredOn: '2026-11-06' })]
    const { timeToOpen } = asks(both, { to, terminals })
    expect(timeToOpen).toMatchObject({ terminals: 2, opened: 1, medianDays: 3 })
    expect(timeToOpen.curve.at(-1)).toMatchObject({ day: 3, notOpen: 0.5 })
  })
})

test('reasons are of all the provider’s merchants, over the range, in each one’s own days', () => {
  const abroad = { ...merchant, merchantNo: '898584058120002', timeZone: 'America/New_York' }
  const foreign = { ...merchant, merchantNo: '898584058120003', providerId: 'p2' }
  const events = [
    ...[...did(0, 'credit'), ...did(day, 'credit'), ...did(0, 'abandoned')],
    ...[...did(0, 'credit', 'A', abroad.merchantNo), ...did(37 * hour - 1, 'credit', 'A', abroad.merchantNo)],
    ...did(0, 'credit', 'A', foreign.merchantNo),
  ]
  expect(asks(events, { merchants: [merchant, abroad, foreign] }).reasons).toEqual([
    { reason: 'BUYER_CREDIT', group: 'buyer', checkouts: 2, amount: 200 },
    { reason: 'TECH_NO_SUPPORT', group: 'unsupported', checkouts: 1, amount: 100 },
  ])
})
