/** A key that posts rubbish all day is answered as ever, but what is kept for it has an end, which is no other key's. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor, openHouse, register, type House } from '../support/house.ts'
import { verdictOn } from './answers.ts'
import { abandoned, merchantNo, sourceOf } from './samples.ts'

const mostKept = 10_000

let house: House
let provider: string
const terminals = ['10000001', '10000002']
const keys: string[] = []
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals })
  provider = await keyFor(house, { role: 'provider', providerId: 'p1' })
  for (const terminalNo of terminals) keys.push(await keyFor(house, { role: 'terminal', merchantNo, terminalNo }))
})
afterAll(() => house.stop())

/** Posts events that are refused, all different; gives their ids. */
async function rubbish(count: number, key = '', source = sourceOf(merchantNo, '10000001')): Promise<string[]> {
  const events = Array.from({ length: count }, () => abandoned({ source, specversion: '0.3' }))
  const { accepted, rejected } = await verdictOn(
    house,
    events.map((event) => JSON.stringify(event)),
    { key },
  )
  expect([accepted, rejected.length, rejected.at(-1)?.code]).toEqual([0, count, 'invalid_event'])
  return events.map(({ id }) => id as string)
}

/** The ids of the events that are kept, as a provider sees them. */
async function kept(key = provider): Promise<Set<string>> {
  const ids = new Set<string>()
  let entries = 0
  for (let next: string | null = ''; next !== null;) {
    const path = `/api/v1/quarantine${next === '' ? '' : `?next=${encodeURIComponent(next)}`}`
    const page: { events: { event: { id: string } }[]; next: string | null } = await house.json('GET', path, { key })
    for (const { event } of page.events) ids.add(event.id)
    entries += page.events.length
    next = page.next
  }
  expect(ids.size).toBe(entries)
  return ids
}

test('no more than ten thousand entries are kept for one key, and others still get theirs', async () => {
  const [first = '', second = ''] = keys
  const sent: string[] = []
  for (let round = 0; round < 4; round += 1) {
    sent.push(...(await Promise.all(Array.from({ length: 6 }, () => rubbish(500, first)))).flat())
  }
  expect(sent).toHaveLength(12_000)
  const held = await kept()
  expect(held.size).toBeLessThanOrEqual(mostKept)
  expect(held.size).toBeGreaterThan(mostKept - 500)

  const others = [...(await rubbish(3, second, sourceOf(merchantNo, '10000002'))), ...(await rubbish(3, provider))]
  const beyond = await rubbish(3, first)
  const now = await kept()
  expect(others.filter((id) => !now.has(id))).toEqual([])
  expect(beyond.filter((id) => now.has(id))).toEqual([])
  expect(now.size).toBe(held.size + others.length)

  const valid = abandoned()
  expect(await verdictOn(house, [JSON.stringify(valid)], { key: first })).toEqual({ accepted: 1, rejected: [] })
}, 180_000)

test('nor where many requests bring as many as they may, all at once', async () => {
  // With a provider of its own, which sees nothing else.
  const shop = { providerId: 'p2', merchantNo: '898584058120009', terminals: ['10000001'] }
  await register(house, shop)
  const its = await keyFor(house, { role: 'provider', providerId: shop.providerId })
  const key = await keyFor(house, { role: 'terminal', merchantNo: shop.merchantNo, terminalNo: '10000001' })
  const source = sourceOf(shop.merchantNo, '10000001')
  await Promise.all(Array.from({ length: 3 }, () => rubbish(9_999, key, source)))
  const { size } = await kept(its)
  expect(size).toBeLessThanOrEqual(mostKept)
  expect(size).toBeGreaterThan(0)
}, 120_000)
