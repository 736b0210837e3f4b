/** Contract section 4: what was refused can be replayed. What is accepted leaves the list, and counts once, whatever happens. */

import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type House } from '../support/house.ts'
import { expectProblem, verdictOn } from './answers.ts'
import { ago, kinds, sample, sourceOf, terminalNo, withValueAt, type Event, type Json } from './samples.ts'

let house: House
let provider: string
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo: shop(0), terminals: [terminalNo] })
  provider = await keyFor(house, { role: 'provider', providerId: 'p1' })
})
afterAll(() => house.stop())

const shop = (n: number): string => `8985840581${String(n).padStart(5, '0')}`
let shops = 0
/** A merchant without a terminal, for a test to have to itself. */
async function newShop(): Promise<string> {
  const merchantNo = shop(++shops)
  await register(house, { providerId: 'p1', merchantNo, terminals: [] })
  return merchantNo
}
const openTill = (merchantNo: string) =>
  house.json('PUT', `/api/v1/merchants/${merchantNo}/terminals/${terminalNo}`, {
    body: { serialNo: 'S' },
    expected: 201,
  })

let checkouts = 0
/** A decline that makes a checkout of its own. */
const decline = (merchantNo: string, changes: Event = {}): Event => {
  const event = sample('payment.declined', { source: sourceOf(merchantNo, terminalNo), ...changes })
  return withValueAt(event, '/data/checkoutId', `checkout-${++checkouts}`)
}

interface Entry {
  id: string
  code: string
  event: Event | null
}
interface Replayed {
  accepted: number
  stillRefused: number
}
async function entries(merchantNo: string, key = adminKey): Promise<Entry[]> {
  const all: Entry[] = []
  for (let next: string | null = ''; next !== null;) {
    const path = `/api/v1/quarantine?merchantNo=${merchantNo}${next === '' ? '' : `&next=${encodeURIComponent(next)}`}`
    const page: { events: Entry[]; next: string | null } = await house.json('GET', path, { key })
    all.push(...page.events)
    next = page.next
  }
  return all
}
const idsOf = async (merchantNo: string) => (await entries(merchantNo)).map(({ id }) => id)
const replay = (body: unknown, key = adminKey) =>
  house.json<Replayed>('POST', '/api/v1/quarantine/replay', { key, body })
const send = (events: Event[], key = adminKey) =>
  verdictOn(
    house,
    events.map((event) => JSON.stringify(event)),
    { key },
  )

/** How many attempted checkouts the merchant's figures hold, and their sum. */
async function attempted(merchantNo: string): Promise<{ checkouts: number; amount: number }> {
  const day = (ms: number) => ago(ms).slice(0, 10)
  const range = `from=${day(300 * 86_400_000)}&to=${day(-2 * 86_400_000)}`
  const { totals } = await house.json<LostSales>('GET', `/api/v1/merchants/${merchantNo}/lost-sales?${range}`)
  return totals.attempted
}
const counted = (checkouts: number) => ({ checkouts, amount: checkouts * 8600 })

describe('an event of a terminal that is registered later', () => {
  test.each(['ids', 'code'] as const)(
    'is accepted when it is replayed by %s, shows in the figures and leaves the list',
    async (by) => {
      const merchantNo = await newShop()
      await send([decline(merchantNo), decline(merchantNo)])
      const ids = await idsOf(merchantNo)
      const body = by === 'ids' ? { ids } : { code: 'unknown_terminal' }
      expect(await replay({ ids })).toEqual({ accepted: 0, stillRefused: 2 })
      expect(await idsOf(merchantNo)).toEqual(ids)
      expect(await attempted(merchantNo)).toEqual(counted(0))

      await openTill(merchantNo)
      expect(await replay(body)).toEqual({ accepted: 2, stillRefused: 0 })
      expect(await entries(merchantNo)).toEqual([])
      expect(await attempted(merchantNo)).toEqual(counted(2))
      expect(await replay(body)).toEqual({ accepted: 0, stillRefused: 0 })
      expect(await replay({ ids })).toEqual({ accepted: 0, stillRefused: 0 })
      expect(await attempted(merchantNo)).toEqual(counted(2))
    },
  )

  test.each(['before', 'after'])('counts once where its till sends it again %s the replay', async (when) => {
    const merchantNo = await newShop()
    const events = [decline(merchantNo), decline(merchantNo)]
    await send(events)
    const ids = await idsOf(merchantNo)
    await openTill(merchantNo)
    if (when === 'before') expect(await send(events)).toMatchObject({ accepted: 2 })
    expect(await replay({ ids })).toEqual({ accepted: 2, stillRefused: 0 })
    if (when === 'after') expect(await send(events)).toMatchObject({ accepted: 2 })
    expect(await attempted(merchantNo)).toEqual(counted(2))
    expect(await entries(merchantNo)).toEqual([])
  })

  test('is the same as its original in every named field, of whatever type it is', async () => {
    const merchantNo = await newShop()
    const source = sourceOf(merchantNo, terminalNo)
    const events = kinds.map((kind) => sample(kind, { source }))
    await send(events.map((event) => ({ ...event, unnamed: 'x' })))
    const ids = await idsOf(merchantNo)
    await openTill(merchantNo)
    expect(await replay({ ids })).toEqual({ accepted: kinds.length, stillRefused: 0 })
    const figures = `/api/v1/merchants/${merchantNo}/lost-sales?from=${ago(3 * 86_400_000).slice(0, 10)}&to=${ago(-86_400_000).slice(0, 10)}`
    const { asOf: _before, ...replayed } = await house.json<Record<string, unknown>>('GET', figures)
    expect(await send(events)).toMatchObject({ accepted: kinds.length })
    const { asOf: _after, ...resent } = await house.json<Record<string, unknown>>('GET', figures)
    expect(resent).toEqual(replayed)
    const { terminals } = await house.json<{ terminals: unknown[] }>('GET', `/api/v1/merchants/${merchantNo}/terminals`)
    expect(terminals).toMatchObject([{ huabei: 'open' }])
  })

  test('counts once where it is replayed many times at once, and posted meanwhile', async () => {
    const merchantNo = await newShop()
    const events = Array.from({ length: 300 }, () => decline(merchantNo))
    await send(events)
    const ids = await idsOf(merchantNo)
    await openTill(merchantNo)
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 8 }, (_, i) => replay(i % 2 === 0 ? { ids } : { code: 'unknown_terminal' }))),
      send(events.slice(0, 100)),
    ])
    for (const { accepted, stillRefused } of answers) {
      expect(accepted).toBeLessThanOrEqual(300)
      expect(stillRefused).toBe(0)
    }
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBeGreaterThanOrEqual(300)
    expect(await entries(merchantNo)).toEqual([])
    expect(await attempted(merchantNo)).toEqual(counted(300))
  })

  test('is accepted by the thousand', async () => {
    const merchantNo = await newShop()
    for (let i = 0; i < 3; i += 1) await send(Array.from({ length: 1_000 }, () => decline(merchantNo)))
    await openTill(merchantNo)
    expect(await replay({ code: 'unknown_terminal' })).toEqual({ accepted: 3_000, stillRefused: 0 })
    expect(await entries(merchantNo)).toEqual([])
    expect(await attempted(merchantNo)).toEqual(counted(3_000))
  })

  test('counts once where an id is told twice', async () => {
    const merchantNo = await newShop()
    await send([decline(merchantNo)])
    const [id] = await idsOf(merchantNo)
    expect(await replay({ ids: [id, id, id] })).toEqual({ accepted: 0, stillRefused: 1 })
    await openTill(merchantNo)
    expect(await replay({ ids: [id, 'nobody', id] })).toEqual({ accepted: 1, stillRefused: 0 })
    expect(await attempted(merchantNo)).toEqual(counted(1))
  })

  test('copies that differ both stand, as if they had been posted', async () => {
    const merchantNo = await newShop()
    const event = decline(merchantNo)
    const copy = withValueAt(event, '/data/attempt', 2)
    await send([event, copy])
    const ids = await idsOf(merchantNo)
    expect(ids).toHaveLength(2)
    await openTill(merchantNo)
    expect(await replay({ ids })).toEqual({ accepted: 2, stillRefused: 0 })
    expect(await attempted(merchantNo)).toEqual(counted(1))
  })
})

test('of what is replayed, what can be is accepted, and the rest stays as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.boolean(), async (fine, twice) => {
      const merchantNo = await newShop()
      const events = fine.map((isFine) => decline(merchantNo, isFine ? {} : { specversion: '0.3' }))
      await send(twice ? [...events, ...events] : events)
      const before = await entries(merchantNo)
      expect(before).toHaveLength(fine.length)
      await openTill(merchantNo)
      const accepted = fine.filter(Boolean).length
      expect(await replay({ ids: before.map(({ id }) => id) })).toEqual({
        accepted,
        stillRefused: fine.length - accepted,
      })
      expect(await entries(merchantNo)).toEqual(before.filter(({ code }) => code === 'invalid_event'))
      expect(await attempted(merchantNo)).toEqual(counted(accepted))
    }),
    { numRuns: 15 },
  )
})

describe('where nothing has changed, nothing is accepted that was refused before:', () => {
  const strange = (pointer: string, value: Json) => (merchantNo: string) =>
    withValueAt(decline(merchantNo), pointer, value)
  const pan = '4111111111111111'
  test.each<[string, (merchantNo: string) => Event]>([
    ['a required field of the wrong type', strange('/data/amount', { value: 8600 })],
    ['a required object that is none', strange('/data/code', 'POS_NO_SCANNER')],
    ['an optional field of the wrong type', strange('/data/outTradeNo', { value: 'T1' })],
    ['an optional object that is none', strange('/data/customer', 'x')],
    ['an optional object that is a list', strange('/data/customer', [{ token: 'x' }])],
    ['an optional field in an object, of the wrong type', strange('/data/customer/token', { hash: 'x' })],
    ['an optional list that is none', strange('/data/items', { 0: { category: 'x' } })],
    ['an item that is none', strange('/data/items/0', [{ category: 'x' }])],
    ['an item that is null', strange('/data/items/0', null)],
    ['a channel that is none', strange('/data/disabledChannels/0', { channel: 'pcredit' })],
    ['a sequence of the wrong type', strange('/sequence', { value: '1' })],
    [
      'too many items',
      strange(
        '/data/items',
        Array.from({ length: 101 }, () => ({ category: 'x' })),
      ),
    ],
    ['items that are too large', strange('/data/items', [{ category: 'x'.repeat(20_000) }])],
    ['a card number', strange('/data/code/value', pan)],
    ['an amount out of range', strange('/data/amount', 0)],
    ['a time long ago', strange('/time', ago(401 * 86_400_000))],
    ['no JSON', () => ({ unreadable: true })],
  ])('%s', async (_what, event) => {
    const merchantNo = await newShop()
    await openTill(merchantNo)
    const sent = event(merchantNo)
    const line = 'unreadable' in sent ? '{"specversion":' : JSON.stringify(sent)
    const { rejected } = await verdictOn(house, [line])
    const code = rejected[0]?.code ?? ''
    const list = () => house.json<{ events: Entry[] }>('GET', `/api/v1/quarantine?code=${code}`)
    const { events } = await list()
    const id = events[0]?.id
    expect(await replay({ ids: [id] })).toEqual({ accepted: 0, stillRefused: 1 })
    expect(await replay({ code })).toMatchObject({ accepted: 0 })
    expect((await list()).events.map((entry) => entry.id)).toContain(id)
    expect(await attempted(merchantNo)).toEqual(counted(0))
  })
})

describe('a provider replays', () => {
  test(
    'what its terminal timed ahead of the clock, when the clock has come that far',
    { timeout: 90_000 },
    async () => {
      const merchantNo = await newShop()
      await openTill(merchantNo)
      const terminal = await keyFor(house, { role: 'terminal', merchantNo, terminalNo })
      const time = new Date(Date.now() + 5 * 60_000 + 8_000).toISOString()
      expect((await send([decline(merchantNo, { time })], terminal)).rejected).toMatchObject([
        { code: 'time_in_future' },
      ])
      const ids = (await entries(merchantNo, provider)).map(({ id }) => id)
      expect(await replay({ ids }, provider)).toEqual({ accepted: 0, stillRefused: 1 })
      await expect
        .poll(() => replay({ ids }, provider), { timeout: 60_000, interval: 500 })
        .toEqual({ accepted: 1, stillRefused: 0 })
      expect(await entries(merchantNo)).toEqual([])
      expect(await attempted(merchantNo)).toEqual(counted(1))
    },
  )

  test('what it posted for a merchant before it registered it', async () => {
    const merchantNo = shop(++shops)
    expect((await send([decline(merchantNo)], provider)).rejected).toMatchObject([{ code: 'source_not_allowed' }])
    await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
    const ids = (await entries(merchantNo, provider)).map(({ id }) => id)
    expect(await replay({ ids }, provider)).toEqual({ accepted: 1, stillRefused: 0 })
    expect(await attempted(merchantNo)).toEqual(counted(1))
    expect(await entries(merchantNo, provider)).toEqual([])
  })
})

describe('a body that makes no sense is a problem document:', () => {
  const post = (body: unknown) => house.call('POST', '/api/v1/quarantine/replay', { body })
  test.each(['', '{', 'ids=1', '\ufeff', new Uint8Array([0x22, 0xff, 0x22])])('400 for %j', async (body) => {
    await expectProblem(await post(body), 400)
  })

  const objects: unknown[] = [{}, [], null, 7, 'unknown_terminal', true, { ids: ['x'], code: 'unknown_terminal' }]
  objects.push(
    { ids: 'x' },
    { ids: null },
    { ids: { 0: 'x' } },
    { ids: [7] },
    { ids: ['x', null] },
    { ids: [['x']] },
    { ids: [{}] },
  )
  objects.push(
    { code: 'nonsense' },
    { code: null },
    { code: 7 },
    { code: ['unknown_terminal'] },
    { code: '' },
    { code: 'constructor' },
  )
  objects.push({ code: '__proto__' }, { code: 'unknown_terminal ' }, { code: { $ne: 1 } }, { Ids: ['x'] }, { id: 'x' })
  test.each(objects.map((body) => JSON.stringify(body)))('422 for %s', async (body) => {
    await expectProblem(await post(body), 422)
  })

  test.each<[string, unknown]>([
    ['no ids', { ids: [] }],
    ['very many ids', { ids: Array.from({ length: 20_000 }, (_, i) => `none-${i}`) }],
    ['what nobody named', { ids: ['x'], unnamed: 1 }],
  ])('%s: merely odd, and answered', async (_what, body) => {
    const response = await post(body)
    if (response.status === 200) expect(await response.json()).toEqual({ accepted: 0, stillRefused: 0 })
    else await expectProblem(response, response.status === 413 ? 413 : 422)
  })
})
