/** Contract section 4: the quarantine is asked for by day, code and merchant, and read page by page. */

import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHouse, register, type House } from '../support/house.ts'
import { expectProblem, verdictOn } from './answers.ts'
import { merchantNo, sample, sourceOf, terminalNo, type Event } from './samples.ts'

const others = '898584058120002'
let house: House
beforeAll(async () => {
  house = await openHouse()
  for (const one of [merchantNo, others])
    await register(house, { providerId: 'p1', merchantNo: one, terminals: [terminalNo] })
})
afterAll(() => house.stop())
afterEach(() => void vi.useRealTimers())

const address = '/api/v1/quarantine'
interface Entry {
  id: string
  receivedAt: string
  source: string
  code: string
  event: Event
}
interface Page {
  events: Entry[]
  next: string | null
}
const page = (query = '', next: string | null = null): Promise<Page> =>
  house.json('GET', `${address}?${query}${next === null ? '' : `&next=${encodeURIComponent(next)}`}`)

/** Reads on to the last page; `between` happens before each further one. */
async function walk(query = '', between: () => Promise<unknown> = () => Promise.resolve()): Promise<Page[]> {
  const pages = [await page(query)]
  for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) {
    await between()
    pages.push(await page(query, next))
    expect(pages.length).toBeLessThan(1_000)
  }
  return pages
}
const entriesOf = (pages: Page[]) => pages.flatMap(({ events }) => events)
const idsOf = (entries: Entry[]) => entries.map(({ event }) => event['id'] as string)

const wrongs = {
  invalid_event: { specversion: '2' },
  unknown_type: { type: 'tillsight.x' },
  too_old: { time: '2020-01-01T00:00:00Z' },
} satisfies Record<string, Event>
type Code = keyof typeof wrongs
const codes = Object.keys(wrongs) as Code[]

/** Has that many events refused and gives their ids. */
async function refuse(count: number, code: Code = 'invalid_event', merchant = merchantNo): Promise<string[]> {
  const events = Array.from({ length: count }, () =>
    sample('checkout.abandoned', { source: sourceOf(merchant, terminalNo), ...wrongs[code] }),
  )
  for (let i = 0; i < count; i += 1_000) {
    const { rejected } = await verdictOn(
      house,
      events.slice(i, i + 1_000).map((event) => JSON.stringify(event)),
    )
    expect(rejected[0]?.code).toBe(code)
  }
  return events.map((event) => event['id'] as string)
}

test('an empty quarantine is an empty page', async () => {
  expect(await page()).toEqual({ events: [], next: null })
})

describe('asking for', () => {
  let made: { id: string; code: Code; merchant: string }[]
  beforeAll(async () => {
    made = []
    for (const code of codes) {
      for (const merchant of [merchantNo, others]) {
        for (const id of await refuse(3, code, merchant)) made.push({ id, code, merchant })
      }
    }
  })
  const wanted = (fits: (one: (typeof made)[number]) => boolean) =>
    made
      .filter(fits)
      .map(({ id }) => id)
      .sort()
  const found = async (query: string) =>
    idsOf(entriesOf(await walk(query)))
      .filter((id) => made.some((one) => one.id === id))
      .sort()

  test('a code gives its entries only', async () => {
    for (const code of codes) {
      expect(await found(`code=${code}`)).toEqual(wanted((one) => one.code === code))
      expect(new Set(entriesOf(await walk(`code=${code}`)).map((entry) => entry.code))).toEqual(new Set([code]))
    }
    expect(await page('code=contains_card_number')).toEqual({ events: [], next: null })
  })

  test('a merchant gives those whose source it is', async () => {
    for (const merchant of [merchantNo, others]) {
      expect(await found(`merchantNo=${merchant}`)).toEqual(wanted((one) => one.merchant === merchant))
    }
    for (const nobody of [
      '898584058120009',
      merchantNo.slice(0, 14),
      `${merchantNo.slice(0, 14)}%25`,
      '%00',
      "'%20OR%201=1",
    ]) {
      const response = await house.call('GET', `${address}?merchantNo=${nobody}`)
      if (response.status === 200) expect(await response.json()).toEqual({ events: [], next: null })
      else await expectProblem(response, 400)
    }
  })

  test('all of it gives what fits all of it', async () => {
    const { events } = await page()
    const day = events[0]?.receivedAt.slice(0, 10) ?? ''
    for (const code of codes) {
      expect(await found(`code=${code}&merchantNo=${others}&from=2026-01-01&to=${day}`)).toEqual(
        wanted((one) => one.code === code && one.merchant === others),
      )
    }
  })

  test('days gives those received from the first to the last, in UTC', async () => {
    const [before, first, second, third, after] = [5, 4, 3, 2, 1].map((days) =>
      new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10),
    )
    // By the clock of this process. At the third moment the next day has begun in China, at the last one not yet in America.
    const moments = [
      `${first}T23:59:59.999Z`,
      `${second}T00:00:00.000Z`,
      `${second}T16:30:00.000Z`,
      `${third}T03:00:00.000Z`,
    ]
    const ids: string[] = []
    vi.useFakeTimers({ toFake: ['Date'] })
    for (const moment of moments) {
      vi.setSystemTime(moment)
      ids.push(...(await refuse(1)))
    }
    vi.useRealTimers()
    const on = async (query: string) =>
      idsOf(entriesOf(await walk(query)))
        .filter((id) => ids.includes(id))
        .reverse()
    expect(await on('')).toEqual(ids)
    expect(await on(`from=${first}&to=${third}`)).toEqual(ids)
    expect(await on(`from=${second}`)).toEqual(ids.slice(1))
    expect(await on(`to=${second}`)).toEqual(ids.slice(0, 3))
    expect(await on(`to=${first}`)).toEqual(ids.slice(0, 1))
    expect(await on(`from=${third}&to=${third}`)).toEqual(ids.slice(3))
    expect(await on(`from=${after}`)).toEqual([])
    expect(await on(`to=${before}`)).toEqual([])
  })

  test('a range that ends before it begins gives nothing', async () => {
    const response = await house.call('GET', `${address}?from=2026-11-02&to=2026-11-01`)
    if (response.status === 200) expect(await response.json()).toEqual({ events: [], next: null })
    else await expectProblem(response, 400)
  })
})

describe('400 for', () => {
  const badDates = [
    '2026-02-29',
    '2026-13-01',
    '2026-11-00',
    '2026-11-1',
    '20261101',
    'today',
    '01.11.2026',
    '1793491200000',
  ]
  badDates.push('%202026-11-01', '2026-11-01%00', '%2B012026-11-01', '2026-W44-1', "'", '２０２６-11-01')
  const badCodes = ['nonsense', 'UNKNOWN_TERMINAL', 'unknown_terminal,too_old', 'constructor', '%00', '*', 'duplicate']
  const badPages = [
    'garbage',
    '!!!',
    '-1',
    '%00',
    "'%20OR%201=1--",
    '%7B%7D',
    'null',
    'x'.repeat(2_000),
    'e30',
    'e30=',
    '%F0%9F%98%80',
  ]
  test.each([
    ...['from', 'to'].flatMap((name) => badDates.map((date) => `${name}=${date}`)),
    ...badCodes.map((code) => `code=${code}`),
    ...badPages.map((next) => `next=${next}`),
  ])('%s', async (query) => {
    await expectProblem(await house.call('GET', `${address}?${query}`), 400)
  })
})

test.each([
  ...['PUT', 'POST', 'DELETE', 'PATCH'].map((method) => [method, address, 'GET']),
  ...['GET', 'PUT', 'DELETE', 'PATCH'].map((method) => [method, `${address}/replay`, 'POST']),
])('%s %s: 405', async (method = '', path = '', allowed = '') => {
  const response = await house.call(method, path)
  expect(response.headers.get('allow')).toContain(allowed)
  await expectProblem(response, 405)
})

describe('page by page', () => {
  const many = 3_000
  let ids: string[]
  beforeAll(async () => {
    // Many of them in the same millisecond.
    ids = (await Promise.all(Array.from({ length: many / 500 }, () => refuse(500)))).flat()
    await refuse(500, 'unknown_type', others)
  })
  const newestFirst = (entries: Entry[]) => {
    const times = entries.map(({ receivedAt }) => Date.parse(receivedAt))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
  }

  test('everything comes exactly once, newest first, on pages of a bearable size', async () => {
    const pages = await walk()
    expect(pages.length).toBeGreaterThan(1)
    const all = entriesOf(pages)
    newestFirst(all)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    const there = idsOf(all)
    expect(new Set(there).size).toBe(there.length)
    expect(there).toEqual(expect.arrayContaining(ids))
    expect(pages.slice(0, -1).every(({ events }) => events.length > 0)).toBe(true)
  })

  test('twice the same way, and a page that is asked for again is the same', async () => {
    const pages = await walk()
    expect(entriesOf(await walk())).toEqual(entriesOf(pages))
    expect((await page('', pages[0]?.next)).events).toEqual(pages[1]?.events)
  })

  test('what fits the question is all there, and nothing else', async () => {
    const all = entriesOf(await walk())
    for (const [query, fits] of [
      ['code=invalid_event', ({ code }) => code === 'invalid_event'],
      [`merchantNo=${others}`, ({ source }) => source.includes(others)],
      [
        `merchantNo=${merchantNo}&code=invalid_event`,
        ({ code, source }) => code === 'invalid_event' && source.includes(merchantNo),
      ],
    ] satisfies [string, (entry: Entry) => boolean][]) {
      expect(entriesOf(await walk(query))).toEqual(all.filter(fits))
    }
  })

  test('nothing that was there is skipped or comes twice while new ones arrive', async () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom(...codes)), {
      minLength: 1,
      maxLength: 6,
    })
    const query = fc.constantFrom('', 'code=invalid_event', `merchantNo=${merchantNo}`)
    await fc.assert(
      fc.asyncProperty(arrivals, query, async (steps, asked) => {
        const there = entriesOf(await walk(asked)).map(({ id }) => id)
        let step = 0
        const pages = await walk(asked, async () => {
          const [count, code] = steps[step++ % steps.length] ?? [0, 'too_old']
          if (count > 0) await refuse(count, code)
        })
        const entries = entriesOf(pages)
        newestFirst(entries)
        const known = new Set(there)
        expect(entries.map(({ id }) => id).filter((id) => known.has(id))).toEqual(there)
      }),
      { numRuns: 2 },
    )
  }, 120_000)

  test('nothing that stays is skipped while what was read already leaves', async () => {
    const source = sourceOf(merchantNo, '77777777')
    const replayable = Array.from({ length: 1_500 }, () => sample('checkout.abandoned', { source }))
    await verdictOn(
      house,
      replayable.map((event) => JSON.stringify(event)),
    )
    await house.json('PUT', `/api/v1/merchants/${merchantNo}/terminals/77777777`, {
      body: { serialNo: 'S' },
      expected: 201,
    })
    const before = entriesOf(await walk()).map(({ id }) => id)
    const first = await page()
    expect(first.next).not.toBeNull()
    await house.json('POST', `${address}/replay`, { body: { ids: first.events.map(({ id }) => id) } })
    const rest: Entry[] = []
    for (let { next } = first; next !== null;) {
      const more = await page('', next)
      rest.push(...more.events)
      next = more.next
    }
    expect(rest.map(({ id }) => id)).toEqual(before.slice(first.events.length))
  })

  test('a page of one question is not taken for that of another', async () => {
    const { next } = await page('code=invalid_event')
    const response = await house.call('GET', `${address}?code=unknown_type&next=${encodeURIComponent(next ?? '')}`)
    if (response.status !== 200) return expectProblem(response, 400)
    const { events } = (await response.json()) as Page
    expect(events.map(({ code }) => code).filter((code) => code !== 'unknown_type')).toEqual([])
  })
})
