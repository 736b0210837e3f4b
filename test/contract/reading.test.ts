/** Contract section 7: how lost sales are asked for, and the forms that they are answered in. */

import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { expectProblem } from './answers.ts'
import { ago, merchantNo, sample, terminalNo, type Event } from './samples.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  const decline = (checkoutId: string, ms: number, amount: number, value: string) =>
    sample('payment.declined', {
      time: ago(ms),
      data: { checkoutId, attempt: 1, amount, method: 'HUABEI', code: { system: 'LOCAL', value } },
    })
  await post(house, [
    decline('lost', 2 * day, 100_000_000_000, 'POS_NO_SCANNER'),
    sample('checkout.abandoned', { time: ago(2 * day - 1000), data: { checkoutId: 'lost' } }),
    decline('unknown', day, 8600, 'POS_FIRMWARE_TOO_OLD'),
    decline('odd', day, 5000, 'X-1/花 %'),
    sample('payment.succeeded', {
      time: ago(day - 1000),
      data: { checkoutId: 'odd', attempt: 2, amount: 2000, method: 'CASH' },
    }),
  ])
})
afterAll(() => house.stop())

const day = 86_400_000
const dateOf = (ms: number): string => new Date(Date.now() - ms).toISOString().slice(0, 10)
const [from, to] = [dateOf(4 * day), dateOf(-day)]
const path = (query: string) => `/api/v1/merchants/${merchantNo}/lost-sales?${query}`
const inForm = (accept: string, query = `from=${from}&to=${to}`) =>
  house.call('GET', path(query), { headers: { accept } })

interface LostSales {
  series: Record<string, unknown>[]
  [member: string]: unknown
}
const figures = (query = `from=${from}&to=${to}`) => house.json<LostSales>('GET', path(query))

describe('400 for', () => {
  test.each([
    ['nothing told', ''],
    ['no from', 'to=2026-11-01'],
    ['no to', 'from=2026-11-01'],
    ['empty dates', 'from=&to='],
    ['a reversed range', 'from=2026-11-02&to=2026-11-01'],
    ['401 days', 'from=2025-01-01&to=2026-02-05'],
    ['a century', 'from=1926-01-01&to=2026-01-01'],
    ...[
      '2026-02-29',
      '2026-13-01',
      '2026-11-00',
      '2026-11-1',
      '20261101',
      '2026-11-01T00:00:00Z',
      '2026-W44-1',
      'today',
      '01.11.2026',
    ].map((date) => [`the day ${date}`, `from=${date}&to=2026-12-01`]),
    ['a time stamp', 'from=1793491200000&to=1793491200000'],
    ['a year beyond four digits', 'from=%2B012026-11-01&to=%2B012026-11-02'],
    ['spaces', 'from=%202026-11-01&to=2026-11-02'],
    ['a NUL', 'from=2026-11-01%00&to=2026-11-02'],
    ...['', 'Day', 'quarter', 'days', 'year', 'constructor', '1'].map((interval) => [
      `the interval "${interval}"`,
      `from=2026-11-01&to=2026-11-02&interval=${interval}`,
    ]),
  ])('%s', async (_what, query) => {
    await expectProblem(await house.call('GET', path(query)), 400)
  })
})

describe('200 for', () => {
  test.each<[string, string, number]>([
    ['one day', 'from=2026-11-01&to=2026-11-01', 1],
    ['exactly 400 days', 'from=2025-01-01&to=2026-02-04', 400],
    ['a leap day', 'from=2024-02-28&to=2024-03-01', 3],
    ['hours', 'from=2026-11-01&to=2026-11-02&interval=hour', 48],
    ['weeks', 'from=2026-11-01&to=2026-11-09&interval=week', 3],
    ['months', 'from=2026-11-30&to=2026-12-01&interval=month', 2],
    ['the day by its name', 'from=2026-11-01&to=2026-11-02&interval=day', 2],
    ['what nobody named', 'from=2026-11-01&to=2026-11-01&by=ageBand&x=y', 1],
    ['the year 0', 'from=0000-01-01&to=0000-01-02', 2],
    ['the last days of four digits', 'from=9999-12-30&to=9999-12-31', 2],
  ])('%s', async (_what, query, intervals) => {
    expect((await figures(query)).series).toHaveLength(intervals)
  })
})

test('the answer holds what the contract shows, and no more', async () => {
  const answer = await figures()
  const volume = { checkouts: expect.any(Number), amount: expect.any(Number) }
  const shown = {
    ...Object.fromEntries(
      ['attempted', 'approved', 'pending', 'declined', 'unsupported', 'unmapped'].map((name) => [name, volume]),
    ),
    outcomes: {
      ...Object.fromEntries(
        ['recoveredInWallet', 'recoveredOther', 'deferred', 'abandoned', 'open', 'unknown'].map((name) => [
          name,
          volume,
        ]),
      ),
      downsized: { ...volume, paid: expect.any(Number) },
    },
    netLost: { amount: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
  }
  expect(answer).toEqual({
    merchantNo,
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/),
    from,
    to,
    basis: expect.objectContaining({ 'netLost.amount': 'observed', 'netLost.low': 'bound' }),
    totals: { ...shown, abandonmentRate: { value: null, low: null, high: null, checkouts: 1 } },
    series: answer.series.map(() => ({ start: expect.any(String), settled: expect.any(Boolean), ...shown })),
    reasons: expect.arrayContaining([
      {
        reason: 'LEGACY_INCOMPATIBLE',
        group: 'unsupported',
        checkouts: 2,
        amount: 100_000_008_600,
        netLost: { amount: 100_000_000_000 },
      },
      { reason: 'UNMAPPED', group: 'unknown', checkouts: 1, amount: 5000, netLost: null },
    ]),
  })
})

describe('the form is what Accept asks for:', () => {
  const [json, csv, parquet] = ['application/json', 'text/csv', 'application/vnd.apache.parquet']
  test.each([
    ['*/*', json],
    ['', json],
    [json, json],
    ['application/*', json],
    ['Application/JSON', json],
    ['application/json; charset=utf-8', json],
    ['text/html, */*;q=0.1', json],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', json],
    [csv, csv],
    ['TEXT/CSV', csv],
    ['text/*', csv],
    ['text/csv; header=present', csv],
    ['text/csv;q=0.5, application/json;q=0.4', csv],
    ['application/json;q=0.4,text/csv;q=0.5', csv],
    ['application/json;q=0, */*', csv],
    [parquet, parquet],
    ['text/html, application/vnd.apache.parquet;q=0.2', parquet],
  ])('%s', async (accept, form) => {
    const response = await inForm(accept)
    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([200, form])
    await response.arrayBuffer()
  })

  test.each([
    'text/html',
    'application/xml',
    'application/problem+json',
    'application/vnd.apache.arrow.stream',
    'text/csv;q=0',
    '*/*;q=0',
    'image/*',
    'application/jsonx',
    'constructor',
  ])('406 for %s', async (accept) => {
    await expectProblem(await inForm(accept), 406)
  })
})

/** A row's figures by column: JSON paths joined with `_`. */
const flat = (value: object, prefix = ''): [string, unknown][] =>
  Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null
      ? flat(inner, `${prefix}${key}_`)
      : [[`${prefix}${key}`, inner] as [string, unknown]],
  )

describe.each(['day', 'hour', 'week', 'month'])('the series by %s', (interval) => {
  const query = `from=${from}&to=${to}&interval=${interval}`

  test('is the same in CSV', async () => {
    const response = await inForm('text/csv', query)
    // No name and no figure of a series needs a quote.
    const [columns = [], ...cells] = (await response.text())
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.split(','))
    const rows = cells.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])))
    const { series } = await figures(query)
    expect(rows).toEqual(
      series.map((row) => Object.fromEntries(flat(row).map(([name, value]) => [name, String(value)]))),
    )
    expect(columns).toContain('outcomes_abandoned_checkouts')
  })

  test('is the same in Parquet, money as 64-bit integers', async () => {
    const file = await (await inForm('application/vnd.apache.parquet', query)).arrayBuffer()
    const { series } = await figures(query)
    const expected = series.map((row) =>
      Object.fromEntries(flat(row).map(([name, value]) => [name, typeof value === 'number' ? BigInt(value) : value])),
    )
    expect(await parquetReadObjects({ file })).toEqual(expected)
    const types = new Map(parquetMetadata(file).schema.map(({ name, type }) => [name, type]))
    expect(types.get('netLost_amount')).toBe('INT64')
    expect(types.get('outcomes_downsized_paid')).toBe('INT64')
    expect(types.get('settled')).toBe('BOOLEAN')
    expect(types.get('start')).toBe('BYTE_ARRAY')
  })
})

describe('own codes', () => {
  const codePath = (value: string, system = 'LOCAL', provider = 'p1') =>
    `/api/v1/providers/${provider}/codes/${system}/${encodeURIComponent(value)}`
  const put = (reason: unknown, value = 'X-1/花 %', system?: string) =>
    house.call('PUT', codePath(value, system), { body: { reason } })
  const reasons = async () =>
    ((await figures())['reasons'] as { reason: string; checkouts: number }[]).map(({ reason, checkouts }) => [
      reason,
      checkouts,
    ])

  test('explain past events at once, and are taken back at once', async () => {
    const before = await reasons()
    expect(before).toContainEqual(['UNMAPPED', 1])
    expect((await put('MARGIN_FEE')).status).toBe(201)
    expect(await reasons()).toContainEqual(['MARGIN_FEE', 1])
    expect(await figures()).toMatchObject({ totals: { unsupported: { checkouts: 3 }, unmapped: { checkouts: 0 } } })
    expect((await put('BUYER_CREDIT')).status).toBe(200)
    expect(await reasons()).toContainEqual(['BUYER_CREDIT', 1])
    for (let i = 0; i < 2; i++) expect((await house.call('DELETE', codePath('X-1/花 %'))).status).toBe(204)
    expect(await reasons()).toEqual(before)
  })

  test('speak before the table, for that provider only', async () => {
    const key = await keyFor(house, { role: 'provider', providerId: 'p1' })
    await register(house, { providerId: 'p2', merchantNo: '898584058120002', terminals: [] })
    await house.json('PUT', codePath('POS_NO_SCANNER', 'LOCAL', 'p2'), { body: { reason: 'LIMIT' }, expected: 201 })
    expect(await reasons()).toContainEqual(['LEGACY_INCOMPATIBLE', 2])
    await house.json('PUT', codePath('POS_NO_SCANNER'), { key, body: { reason: 'LIMIT' }, expected: 201 })
    expect(await reasons()).toContainEqual(['LIMIT', 1])
    await house.call('DELETE', codePath('POS_NO_SCANNER'), { key })
  })

  test.each(['SILENT_SUBSTITUTION', 'margin_fee', '', null, 7, undefined, 'constructor', ['LIMIT']])(
    '422 for the reason %o',
    async (reason) => {
      await expectProblem(await put(reason), 422)
    },
  )
  test.each([
    ['another system', 'x', 'PAYPAL'],
    ['a system in other letters', 'x', 'local'],
    ['a value that is too long', 'x'.repeat(65), 'LOCAL'],
    ['a value with a NUL', '\0', 'LOCAL'],
  ])('422 for %s', async (_what, value, system) => {
    await expectProblem(await put('LIMIT', value, system), 422)
  })
  test.each(['x'.repeat(64), '😀'.repeat(64), '..', 'a/b', '?', '%00', "'"])(
    'any value of 64 characters: %s',
    async (value) => {
      const asked = value === '..' ? '%2e%2e' : value
      expect((await put('LIMIT', asked)).status).toBe(201)
      expect((await house.call('DELETE', codePath(asked))).status).toBe(204)
    },
  )
  test.each(['', '{', 'reason=LIMIT'])('400 for the body %s', async (body) => {
    await expectProblem(await house.call('PUT', codePath('x'), { body: new TextEncoder().encode(body) }), 400)
  })
})

test('events are in the figures by the next question', async () => {
  const before = (await figures())['totals'] as { attempted: { checkouts: number } }
  const event: Event = sample('payment.declined', {
    data: { checkoutId: 'late', attempt: 1, amount: 1, method: 'HUABEI', code: { system: 'ISO8583', value: '51' } },
  })
  await post(house, [event, event])
  expect(await figures()).toMatchObject({ totals: { attempted: { checkouts: before.attempted.checkouts + 1 } } })
})
