/** Contract section 4: whatever is refused is kept, for its one reason, before the answer is sent, and once. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type CallOptions, type House } from '../support/house.ts'
import { contentTypes, expectProblem, postAs, verdictOn } from './answers.ts'
import { abandoned, ago, merchantNo, sample, source, sourceOf, terminalNo, withValueAt, type Event } from './samples.ts'

let house: House
const keys: Record<string, string> = { operator: adminKey }
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  keys['provider'] = await keyFor(house, { role: 'provider', providerId: 'p1' })
  keys['terminal'] = await keyFor(house, { role: 'terminal', merchantNo, terminalNo })
  keys['merchant'] = await keyFor(house, { role: 'merchant', merchantNo })
})
afterAll(() => house.stop())

interface Entry {
  id: string
  receivedAt: string
  source: string | null
  code: string
  pointer: string
  detail: string
  event: Event | null
}

/** All that the operator sees, newest first. */
async function entries(query = ''): Promise<Entry[]> {
  const all: Entry[] = []
  for (let next: string | null = ''; next !== null;) {
    const page = `/api/v1/quarantine?${query}${next === '' ? '' : `&next=${encodeURIComponent(next)}`}`
    const answer: { events: Entry[]; next: string | null } = await house.json('GET', page)
    all.push(...answer.events)
    next = answer.next
  }
  return all
}

const entriesSince = async (time: number, code: string) =>
  (await entries(`code=${code}`)).filter(({ receivedAt }) => Date.parse(receivedAt) >= time)
const entriesOf = async (...ids: unknown[]) => (await entries()).filter(({ event }) => ids.includes(event?.['id']))
const text = (...events: unknown[]): string[] => events.map((event) => JSON.stringify(event))
const strange = sourceOf(merchantNo, '99999999')
const unregistered = (changes: Event = {}): Event => sample('payment.declined', { source: strange, ...changes })
const pan = '4111111111111111'

interface Refused {
  code: string
  event: Event
  pointer: string
  by?: string
}
const future = () => new Date(Date.now() + 600_000).toISOString()
const refused: Refused[] = [
  { code: 'invalid_event', event: { ...sample('payment.declined'), specversion: '0.3' }, pointer: '/specversion' },
  {
    code: 'invalid_event',
    event: withValueAt(sample('payment.succeeded'), '/data/attempt', 0),
    pointer: '/data/attempt',
  },
  { code: 'unknown_type', event: { ...sample('checkout.abandoned'), type: 'tillsight.x' }, pointer: '/type' },
  { code: 'unknown_terminal', event: unregistered(), pointer: '/source' },
  { code: 'source_not_allowed', event: unregistered(), pointer: '/source', by: 'terminal' },
  {
    code: 'source_not_allowed',
    event: unregistered({ source: `urn:terminal:${'9'.repeat(15)}:${terminalNo}` }),
    pointer: '/source',
    by: 'provider',
  },
  { code: 'time_in_future', event: sample('payment.declined', { time: future() }), pointer: '/time' },
  { code: 'too_old', event: sample('terminal.reported', { time: ago(401 * 86_400_000) }), pointer: '/time' },
  {
    code: 'amount_out_of_range',
    event: withValueAt(sample('payment.declined'), '/data/amount', 0),
    pointer: '/data/amount',
  },
  {
    code: 'amount_out_of_range',
    event: withValueAt(sample('payment.succeeded'), '/data/fundBills/0/amount', 1e12),
    pointer: '/data/fundBills/0/amount',
  },
]

describe('an entry says what was refused and why:', () => {
  test.each(refused)('$code at $pointer', async ({ code, event, pointer, by = 'provider' }) => {
    const before = Date.now()
    const { rejected } = await verdictOn(house, text(event), { key: keys[by] ?? '' })
    expect(rejected).toMatchObject([{ code, pointer }])
    const [entry, ...others] = await entriesOf(event['id'])
    expect(others).toEqual([])
    expect(entry).toEqual({
      id: expect.stringMatching(/./) as string,
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/) as string,
      source: event['source'],
      code,
      pointer,
      detail: rejected[0]?.detail,
      event,
    })
    const receivedAt = Date.parse(entry?.receivedAt ?? '')
    expect(receivedAt).toBeGreaterThanOrEqual(before)
    expect(receivedAt).toBeLessThanOrEqual(Date.now())
  })

  test('too_large, of which no more is kept than an event may have', async () => {
    const padded = { ...sample('payment.declined'), padding: 'x'.repeat(20_000) }
    const named = withValueAt(sample('payment.declined'), '/data/items/0/category', 'x'.repeat(2_000_000))
    for (const event of [padded, named]) {
      const before = Date.now()
      const { rejected } = await verdictOn(house, text(event))
      expect(rejected).toMatchObject([{ code: 'too_large' }])
      const [entry, ...others] = await entriesSince(before, 'too_large')
      expect(others).toEqual([])
      expect(entry).toMatchObject({ source, code: 'too_large', pointer: rejected[0]?.pointer })
      expect(JSON.stringify(entry?.event).length).toBeLessThanOrEqual(16 * 1024)
    }
  })

  test('contains_card_number, of which nothing is kept', async () => {
    const event = withValueAt(sample('payment.declined'), '/data/customer/token', pan)
    const { rejected } = await verdictOn(house, text(event))
    expect(rejected).toMatchObject([{ code: 'contains_card_number', pointer: '/data/customer/token' }])
    const [entry] = await entries('code=contains_card_number')
    expect(entry).toMatchObject({ code: 'contains_card_number', pointer: '/data/customer/token', event: null })
    expect(JSON.stringify(entry)).not.toContain(pan)
  })

  test.each([['urn:terminal:x'], [''], [7], [null], [{ x: 1 }], ['\0'], ['\ud800']])(
    'the source %j, which is none, as it was sent or not at all',
    async (odd) => {
      const event = sample('checkout.abandoned', { source: odd })
      const { rejected } = await verdictOn(house, text(event))
      expect(rejected).toMatchObject([{ code: 'invalid_event', pointer: '/source' }])
      const [entry] = await entriesOf(event['id'])
      expect(entry).toMatchObject({ code: 'invalid_event', pointer: '/source' })
      // What has no form in UTF-8 may be told by the character that stands for such.
      expect([null, odd, typeof odd === 'string' ? odd.toWellFormed() : odd]).toContainEqual(entry?.source)
    },
  )
})

test.each(Object.values(contentTypes))('what comes as %s is kept alike', async (contentType) => {
  const event = unregistered()
  const { data, ...attributes } = event
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value as string]))
  const bodies: Record<string, unknown> = { [contentTypes.batch]: [event], [contentTypes.binary]: data }
  const options: CallOptions = contentType === contentTypes.binary ? { headers } : {}
  await expectProblem(await postAs(house, contentType, JSON.stringify(bodies[contentType] ?? event), options), 422)
  expect(await entriesOf(event['id'])).toMatchObject([{ code: 'unknown_terminal', source: strange, event }])
})

test('of a request that is taken in part, what is refused is kept and the rest is not', async () => {
  const events = [abandoned(), unregistered(), abandoned({ specversion: '2' }), sample('payment.reversed')]
  expect(await verdictOn(house, text(...events))).toMatchObject({ accepted: 2, rejected: [{}, {}] })
  const kept = await entriesOf(...events.map(({ id }) => id))
  expect(kept.map(({ event }) => event?.['id']).sort()).toEqual([events[1]?.['id'], events[2]?.['id']].sort())
})

test('what refuses the request as a whole keeps nothing of it', async () => {
  const before = await entries()
  const event = JSON.stringify(unregistered())
  await expectProblem(await postAs(house, contentTypes.one, event.slice(1)), 400)
  await expectProblem(await postAs(house, contentTypes.batch, event), 400)
  await expectProblem(await postAs(house, contentTypes.lines, `${event}\n`.repeat(10_001)), 413)
  await expectProblem(await postAs(house, 'text/plain', event), 415)
  await expectProblem(await postAs(house, contentTypes.one, event, { key: 'unknown' }), 401)
  await expectProblem(await postAs(house, contentTypes.one, event, { key: keys['merchant'] ?? '' }), 404)
  expect(await entries()).toEqual(before)
})

describe('an NDJSON line that can not be read is one refused event:', () => {
  test('two of them are two entries, without a word of what they held', async () => {
    const before = Date.now()
    const { rejected } = await verdictOn(house, ['{"id":"smuggled-1"', 'smuggled-2 花'])
    const kept = await entriesSince(before, 'invalid_event')
    expect(kept).toHaveLength(2)
    for (const entry of kept) {
      expect(entry).toMatchObject({ source: null, pointer: '', detail: rejected[0]?.detail, event: {} })
    }
    expect(JSON.stringify(kept)).not.toContain('smuggled')
  })

  test.each([['7'], ['null'], ['"smuggled"'], ['["smuggled"]'], ['[{"id":"smuggled"}]']])(
    'so is one that holds no object: %s',
    async (line) => {
      const before = Date.now()
      expect((await verdictOn(house, [line])).rejected).toMatchObject([{ code: 'invalid_event', pointer: '' }])
      const kept = await entriesSince(before, 'invalid_event')
      expect(kept).toMatchObject([{ source: null, pointer: '' }])
      expect(JSON.stringify(kept)).not.toContain('smuggled')
    },
  )
})

describe('the same event refused again makes no second entry:', () => {
  test('it is then as new as the last time', async () => {
    const [event, other] = [unregistered(), unregistered()]
    await verdictOn(house, text(event))
    const [first] = await entriesOf(event['id'])
    await verdictOn(house, text(other))
    await expect
      .poll(async () => {
        await verdictOn(house, text(event))
        const [again, ...others] = await entriesOf(event['id'])
        expect(others).toEqual([])
        expect(again?.code).toBe('unknown_terminal')
        return Date.parse(again?.receivedAt ?? '')
      })
      .toBeGreaterThan(Date.parse(first?.receivedAt ?? ''))
    const order = (await entriesOf(event['id'], other['id'])).map(({ event: kept }) => kept?.['id'])
    expect(order).toEqual([event['id'], other['id']])
  })

  test('twice in one request', async () => {
    const event = unregistered()
    const { rejected } = await verdictOn(house, text(event, event, event))
    expect(rejected.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(await entriesOf(event['id'])).toHaveLength(1)
  })

  test('in requests that come at once', async () => {
    const event = unregistered()
    await Promise.all(Array.from({ length: 20 }, () => verdictOn(house, text(event, unregistered()))))
    expect(await entriesOf(event['id'])).toHaveLength(1)
  })

  test('where it differs in what nobody named', async () => {
    const event = unregistered()
    await verdictOn(house, text(event))
    await verdictOn(house, text({ ...event, note: 'x' }, { note: 'y', ...event }))
    expect(await entriesOf(event['id'])).toHaveLength(1)
  })

  test('but a copy that differs in a named field does', async () => {
    const event = unregistered()
    await verdictOn(house, text(event, withValueAt(event, '/data/amount', 5)))
    const amounts = (await entriesOf(event['id'])).map((entry) => (entry.event?.['data'] as Event)['amount'])
    expect(amounts.sort()).toEqual([5, 8600])
  })

  test('and so does one that another poster sent', async () => {
    const event = unregistered()
    for (const role of ['operator', 'provider', 'terminal'])
      await verdictOn(house, text(event), { key: keys[role] ?? '' })
    expect(await entriesOf(event['id'])).toHaveLength(3)
  })
})

test('texts that a database may choke on are kept like any other', async () => {
  const odd = [
    '\0',
    'a\0b',
    '\ud800',
    'x\udc00y',
    '\u2028',
    "'; DROP TABLE quarantine; --",
    '\\u0000',
    '{p1:String}',
    '$1',
  ]
  const events = odd.flatMap((value) => [
    unregistered({ sequence: value }),
    withValueAt(unregistered(), '/data/code/value', value),
    withValueAt(unregistered(), '/data/amount', value),
  ])
  events.push(...odd.map((value) => unregistered({ id: value, type: value })))
  expect(await verdictOn(house, text(...events))).toMatchObject({ accepted: 0 })
  const kept = await entriesOf(...events.map(({ id }) => id))
  expect(kept.length).toBeGreaterThanOrEqual(3 * odd.length)
})

test.each([5_000, 200_000])(
  'what is nested %i deep, deeper than anybody reads, is kept like any other',
  async (depth) => {
    const before = Date.now()
    const nested = '['.repeat(depth) + ']'.repeat(depth)
    const attributes = () => JSON.stringify(unregistered()).replace(/"data":.*$/s, '')
    const lines = [`"x":${nested},"data":{}}`, `"data":${nested}}`]
    lines.push(...['customer', 'items', 'amount'].map((field) => `"data":{"${field}":${nested}}}`))
    const { rejected } = await verdictOn(
      house,
      lines.map((line) => attributes() + line),
    )
    expect(rejected).toHaveLength(lines.length)
    expect(await entriesSince(before, rejected[0]?.code ?? '')).toHaveLength(lines.length)
  },
)
