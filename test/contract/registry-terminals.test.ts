/** Contract section 3: what a merchant's list of terminals says of each, whatever order the events came in. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, post, register, type House } from '../support/house.ts'
import { abandoned, ago, sample, sourceOf, type Event, type Json } from './samples.ts'

interface Listed {
  terminalNo: string
  model: string | null
  huabei: string
  lastEventAt: string | null
  missing: number | null
  clockOffsetMs: number | null
}

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

const day = 86_400_000
const terminalNo = '10000001'
let shops = 0

/** A merchant of its own for each promise, with one terminal that posts and one that is silent. */
async function shop() {
  shops += 1
  const merchantNo = `8985840581${String(shops).padStart(5, '0')}`
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo, '10000002'] })
  const source = sourceOf(merchantNo, terminalNo)
  return {
    at: (ms: number, changes: Record<string, Json> = {}) => abandoned({ source, time: ago(ms), ...changes }),
    report: (ms: number, data: Record<string, Json>, id = `r${ms}`) =>
      sample('terminal.reported', { source, id, time: ago(ms), data: { methods: [], ...data } }),
    send: (...events: Event[]) => post(house, events),
    list: async (): Promise<[Listed, Listed]> => {
      const path = `/api/v1/merchants/${merchantNo}/terminals`
      return (await house.json<{ terminals: [Listed, Listed] }>('GET', path)).terminals
    },
  }
}

test('a terminal that never spoke is listed with its record, and nothing is made up', async () => {
  const { at, send, list } = await shop()
  await send(at(1000))
  const [spoke, silent] = await list()
  expect(spoke.terminalNo).toBe(terminalNo)
  expect(silent).toEqual({
    merchantNo: expect.any(String),
    terminalNo: '10000002',
    serialNo: 'SN10000002',
    deviceType: '04',
    vendor: 'Invented',
    model: 'I9',
    firmware: '1.0.0',
    retiredOn: null,
    huabei: 'unknown',
    lastEventAt: null,
    received: 0,
    missing: null,
    lateMs: { median: null, p95: null },
    clockOffsetMs: null,
    heardForMs: null,
    silentSince: null,
  })
})

test('lastEventAt is the latest time of any event, not the last to arrive', async () => {
  const { at, report, send, list } = await shop()
  const latest = at(60_000)
  await send(latest)
  await send(at(3 * day), report(2 * day, {}))
  expect((await list())[0].lastEventAt).toBe(latest['time'])
})

test('missing counts the numbers that never came, out of order, twice, and of reports too', async () => {
  const { at, report, send, list } = await shop()
  const numbered = (sequence: string, ms = 60_000) => at(ms, { sequence })
  await send(numbered('10'), numbered('5'), { ...report(1000, {}), sequence: '7' })
  expect((await list())[0].missing).toBe(3)
  const late = numbered('8')
  await send(late, late, numbered('7'))
  await send(late)
  expect((await list())[0].missing).toBe(2)
  await send(numbered('6'), numbered('9'))
  expect((await list())[0].missing).toBe(0)
})

test('missing looks at the last 30 days, by the time of the event', async () => {
  const { at, send, list } = await shop()
  await send(at(31 * day, { sequence: '1' }), at(29 * day, { sequence: '100' }), at(day, { sequence: '103' }))
  expect((await list())[0].missing).toBe(2)
})

test('missing stays exact for a terminal that starts at 0, and at the largest numbers', async () => {
  const { at, send, list } = await shop()
  await send(at(1000, { sequence: '0' }), at(1000, { sequence: '2' }))
  expect((await list())[0].missing).toBe(1)
  const large = await shop()
  await large.send(large.at(1, { sequence: '999999999999999990' }), large.at(1, { sequence: '999999999999999999' }))
  expect((await large.list())[0].missing).toBe(8)
})

test('clockOffsetMs is the smallest delay of the last 7 days, and a repeat can not make it larger', async () => {
  const { at, send, list } = await shop()
  const quickest = at(60_000)
  await send(at(day), quickest, at(8 * day))
  const [{ clockOffsetMs }] = await list()
  expect(clockOffsetMs).toBeGreaterThanOrEqual(60_000)
  expect(clockOffsetMs).toBeLessThan(120_000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await send(quickest, quickest)
  expect((await list())[0].clockOffsetMs).toBe(clockOffsetMs)
})

test('clockOffsetMs is negative for a clock that is ahead, and not known without a recent event', async () => {
  const { at, send, list } = await shop()
  await send(at(8 * day))
  expect((await list())[0].clockOffsetMs).toBeNull()
  await send(at(-200_000))
  const [{ clockOffsetMs }] = await list()
  expect(clockOffsetMs).toBeLessThan(-100_000)
})

const huabei = (state: string) => ({ methods: [{ method: 'HUABEI', state }] })

test('the Huabei state is the last reported by time, whatever arrives last', async () => {
  const { report, send, list } = await shop()
  await send(report(2000, huabei('open')))
  await send(report(5000, huabei('suspended')))
  expect((await list())[0].huabei).toBe('open')
})

test('of two reports at one time the one with the larger id speaks, ids compared as bytes', async () => {
  const { report, send, list } = await shop()
  const time = ago(5000)
  const at = (id: string, state: string) => ({ ...report(0, huabei(state), id), time })
  await send(at('b', 'open'), at('a', 'suspended'), at('B', 'not_capable'))
  expect((await list())[0].huabei).toBe('open')
  await send(at('花', 'signed_not_open'))
  expect((await list())[0].huabei).toBe('signed_not_open')
})

test('a report that does not list Huabei leaves its state', async () => {
  const { report, send, list } = await shop()
  await send(report(3000, huabei('capable_not_signed')))
  await send(
    report(2000, { methods: [{ method: 'ALIPAY', state: 'open' }] }),
    report(1000, { methods: [], cause: null }),
  )
  expect((await list())[0].huabei).toBe('capable_not_signed')
})

test('instalments are another method than Huabei', async () => {
  const { report, send, list } = await shop()
  await send(report(1000, { methods: [{ method: 'HUABEI_INSTALMENT', state: 'open' }] }))
  expect((await list())[0].huabei).toBe('unknown')
})
