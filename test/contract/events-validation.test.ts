/** Contract section 4: every rule on every field, and what is said of an event that breaks it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHouse, register, type House } from '../support/house.ts'
import { expectProblem } from './answers.ts'
import { abandoned, ago, merchantNo, missing, sample, source, terminalNo, withValueAt, type Kind } from './samples.ts'
import { fieldsOf } from './fields.ts'
import { casesOf, judgesAll, type Case, type Field } from './verdicts.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
})
afterAll(() => house.stop())

const judged = (title: string, cases: readonly Case[]) => judgesAll(title, () => house, cases)
for (const [kind, fields] of Object.entries(fieldsOf) as [Kind, Record<string, Field>][]) {
  judged(
    `each field of ${kind}`,
    Object.entries(fields).flatMap(([pointer, field]) => casesOf(sample(kind), pointer, field)),
  )
}

describe('characters', () => {
  judged(
    'control characters are no part of an attribute of a CloudEvent',
    casesOf(abandoned(), '/id', { bad: ['a\0', '\n', '\x7f', '\x9f'] }),
  )
})

judged('source is urn:terminal:<15-character merchantNo>:<8-character terminalNo>', [
  ...casesOf(abandoned(), '/source', {
    good: [source],
    bad: [
      ...[source.toUpperCase(), `${source}\n`, ` ${source}`, `${source}:1`, source.slice(0, -1), `${source}0`],
      ...[`urn:terminal:${merchantNo}`, `urn:terminal:${merchantNo}0:${terminalNo}`, `urn:terminal::${terminalNo}`],
      ...[
        `urn:terminal:${terminalNo}:${merchantNo}`,
        `urn:till:${merchantNo}:${terminalNo}`,
        `urn:terminal:８98584058120001:10000001`,
      ],
      ...[`urn:terminal:89858405812000%31:10000001`, '', 'x'.repeat(129), 7, null, missing, [source]],
    ],
  }),
])

const now = Date.now()
/** A day ago, or thereabouts, as RFC 3339 without its offset. */
const yesterday = new Date(now - 86_400_000).toISOString().slice(0, 19)
const date = yesterday.slice(0, 10)
const refused = (code: string) => (value: string) => ({ value, code })

judged(
  'time is RFC 3339 with an offset',
  casesOf(abandoned(), '/time', {
    good: [
      ...['Z', 'z', '+00:00', '-00:00', '+08:00', '-03:30', '+14:00', '-12:00', '+23:59'].map(
        (zone) => yesterday + zone,
      ),
      ...['.1', '.12', '.123', '.123456', '.123456789', `.${'9'.repeat(40)}`].map(
        (fraction) => `${yesterday}${fraction}Z`,
      ),
      yesterday.replace('T', 't') + 'z',
      `${date}T00:00:00Z`,
      `${date}T23:59:59.999+08:00`,
    ],
    bad: [
      ...[yesterday, date, `${yesterday.slice(0, 16)}Z`, `${yesterday}+0800`, `${yesterday}+08`, `${yesterday}+8:00`],
      ...[
        `${yesterday} Z`,
        ` ${yesterday}Z`,
        `${yesterday}Z\n`,
        `${yesterday}.Z`,
        `${yesterday},5Z`,
        `${yesterday}+24:00`,
      ],
      ...[`${yesterday}+08:60`, `${date}T24:00:00Z`, `${date}T12:60:00Z`, `${date}T12:00:61Z`, `${date}T1:00:00Z`],
      ...[
        `${yesterday}Z[Asia/Shanghai]`,
        `+00${yesterday}Z`,
        `${date.replaceAll('-', '')}T101530Z`,
        `${date.slice(0, 7)}T10:15:30Z`,
      ],
      ...[
        '2026-00-10T00:00:00Z',
        '2026-13-10T00:00:00Z',
        '2026-01-00T00:00:00Z',
        '2026-01-32T00:00:00Z',
        '2026-04-31T00:00:00Z',
      ],
      ...[
        '2023-02-29T00:00:00Z',
        '2100-02-29T00:00:00Z',
        '2026-02-30T00:00:00Z',
        'now',
        '',
        'Mon, 23 Nov 2026 10:15:30 GMT',
      ],
      ...[now, String(now), null, missing, true, {}, []],
      ...['2024-02-29T00:00:00Z', '2000-02-29T00:00:00Z', '0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z'].map(
        refused('too_old'),
      ),
      ...['2096-02-29T00:00:00Z', '9999-12-31T23:59:59Z'].map(refused('time_in_future')),
    ],
  }),
)

const minute = 60_000
judged('time is at most 5 minutes ahead, and at most 400 days back', [
  ['4:55 ahead', () => abandoned({ time: ago(-5 * minute + 5_000) }), 'accepted'],
  ['5:05 ahead', () => abandoned({ time: ago(-5 * minute - 5_000) }), ['time_in_future', '/time']],
  [
    'ahead only by its clock',
    () => abandoned({ time: new Date(now + 480 * minute).toISOString().replace('Z', '+08:00') }),
    'accepted',
  ],
  ['a minute less than 400 days', () => abandoned({ time: ago(400 * 1440 * minute - minute) }), 'accepted'],
  ['a minute more than 400 days', () => abandoned({ time: ago(400 * 1440 * minute + minute) }), ['too_old', '/time']],
])

test('time is cut to the millisecond, not rounded', async () => {
  const merchant = '898584058120009'
  await register(house, { providerId: 'p1', merchantNo: merchant, terminals: [terminalNo] })
  const event = abandoned({ source: source.replace(merchantNo, merchant), time: `${yesterday}.1239999+00:00` })
  await house.call('POST', '/v1/events', { body: event, headers: { 'content-type': 'application/cloudevents+json' } })
  const { terminals } = await house.json<{ terminals: unknown[] }>('GET', `/api/v1/merchants/${merchant}/terminals`)
  expect(terminals).toMatchObject([{ lastEventAt: `${yesterday}.123Z` }])
})

const raw = (change: (json: string) => string) => change(JSON.stringify(abandoned()))
judged('odd JSON does no harm', [
  [
    'a key twice: the last speaks',
    raw((json) => json.replace('"specversion"', '"specversion":"0.3","specversion"')),
    'accepted',
  ],
  ['escaped keys', raw((json) => json.replace('"id"', String.raw`"\u0069d"`)), 'accepted'],
  [
    '__proto__ gives no field',
    raw((json) => json.replace('"data":{', '"data":{"__proto__":{"attempt":0},').replace('"time"', '"__proto__"')),
    ['invalid_event', '/time'],
  ],
  ['a huge number', raw((json) => json.replace('"data":{', '"data":{"unnamed":1e999,')), 'accepted'],
  [
    'a number without end',
    raw((json) => json.replace('"data":{', `"data":{"unnamed":${'9'.repeat(5000)},`)),
    'accepted',
  ],
  [
    'an endless amount',
    JSON.stringify(sample('payment.declined')).replace(':8600', ':1e999'),
    ['invalid_event', '/data/amount'],
  ],
  ['8.6e3 is 8600', JSON.stringify(sample('payment.declined')).replace(':8600', ':8.6e3'), 'accepted'],
  ['8600.0 is 8600', JSON.stringify(sample('payment.declined')).replace(':8600', ':8600.0'), 'accepted'],
  [
    'a deep field that nobody named',
    raw((json) => json.replace('"data":{', `"data":{"unnamed":${nested(8_000)},`)),
    'accepted',
  ],
  [
    'a deep method',
    JSON.stringify(sample('payment.succeeded')).replace('"method":"HUABEI"', `"method":${nested(7_000)}`),
    ['invalid_event', '/data/method'],
  ],
  [
    'deeper than 16 KiB allow',
    raw((json) => json.replace('"data":{', `"data":{"unnamed":${nested(500_000)},`)),
    ['too_large', ''],
  ],
  ['NaN', raw((json) => json.replace('"data":{', '"data":{"unnamed":NaN,')), ['invalid_event', '']],
])

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

test('a refusal says what is wrong without repeating what was sent', async () => {
  const event = withValueAt(sample('payment.declined'), '/data/method', 'a-secret-of-the-sender')
  const response = await house.call('POST', '/v1/events', {
    body: event,
    headers: { 'content-type': 'application/cloudevents+json' },
  })
  expect(JSON.stringify(await expectProblem(response, 422))).not.toContain('a-secret')
})
