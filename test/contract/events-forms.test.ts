/** Contract section 4: the forms that events come in, the limits, and the answers. */

import { CloudEvent, HTTP } from 'cloudevents'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type House } from '../support/house.ts'
import { contentTypes, expectProblem, postAs, type Verdict } from './answers.ts'
import { postEndless } from './raw-http.ts'
import { abandoned, merchantNo, sample, source, terminalNo, type Event } from './samples.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
})
afterAll(() => house.stop())

const { one, batch, lines, binary } = contentTypes
const text = (event: Event = abandoned()): string => JSON.stringify(event)
const attributes = (event: Event): Record<string, string> =>
  Object.fromEntries(
    Object.entries(event)
      .filter(([name]) => name !== 'data')
      .map(([name, value]) => [`ce-${name}`, value as string]),
  )

async function accepted(response: Promise<Response>, count = 1): Promise<void> {
  const answer = await response
  expect([answer.status, await answer.text()]).toEqual([200, JSON.stringify({ accepted: count, rejected: [] })])
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
}

describe('every form is understood:', () => {
  const event = sample('payment.declined')
  const gzip = { 'content-encoding': 'gzip' }
  test.each<[string, string, string | Uint8Array, number, Record<string, string>?]>([
    ['one event', one, text(), 1],
    ['one event with spaces around', one, ` \r\n${JSON.stringify(abandoned(), null, 2)}\n`, 1],
    ['one event, with a charset', `${one}; charset=utf-8`, text(), 1],
    ['one event, in other letters', 'Application/CloudEvents+JSON;Charset="UTF-8"', text(), 1],
    ['a byte order mark', one, `\uFEFF${text()}`, 1],
    ['a batch', batch, `[${text()},${text()}]`, 2],
    ['a batch, with a charset', `${batch};charset=UTF-8`, `[${text()}]`, 1],
    ['lines', lines, `${text()}\n${text()}`, 2],
    ['lines that end with a newline', lines, `${text()}\n`, 1],
    ['lines with CRLF, blank ones among them', lines, `\r\n${text()}\r\n\r\n  \t\r\n${text()}\r\n`, 2],
    ['binary mode', binary, JSON.stringify(event['data']), 1, attributes(event)],
    ['binary mode, with a charset', `${binary}; charset=utf-8`, JSON.stringify(event['data']), 1, attributes(event)],
    ['one event, packed', one, gzipSync(text()), 1, gzip],
    ['a batch, packed', batch, gzipSync(`[${text()}]`), 1, { 'content-encoding': 'GZIP' }],
    ['lines, packed in two members', lines, Buffer.concat([gzipSync(`${text()}\n`), gzipSync(text())]), 2, gzip],
    ['binary mode, packed', binary, gzipSync(JSON.stringify(event['data'])), 1, { ...attributes(event), ...gzip }],
    ['a body said to be unpacked', one, text(), 1, { 'content-encoding': 'identity' }],
  ])('%s', (_what, contentType, body, count, headers = {}) =>
    accepted(postAs(house, contentType, body, { headers }), count),
  )

  test('whatever the form, the events are stored', async () => {
    const shop = { merchantNo: '898584058120002', terminals: ['10000002'] }
    await register(house, { providerId: 'p1', ...shop })
    const decline = (checkoutId: string): Event =>
      sample('payment.declined', {
        source: `urn:terminal:${shop.merchantNo}:10000002`,
        data: { ...(sample('payment.declined')['data'] as Event), checkoutId, amount: 100 },
      })
    const inHeaders = decline('d')
    await postAs(house, one, text(decline('a')))
    await postAs(house, batch, `[${text(decline('b'))}]`)
    await postAs(house, lines, gzipSync(text(decline('c'))), { headers: { 'content-encoding': 'gzip' } })
    await postAs(house, binary, JSON.stringify(inHeaders['data']), { headers: attributes(inHeaders) })
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
    const range = `from=${day(Date.now() - 86_400_000)}&to=${day(Date.now() + 86_400_000)}`
    const path = `/api/v1/merchants/${shop.merchantNo}/lost-sales?${range}`
    expect(await house.json('GET', path)).toMatchObject({ totals: { attempted: { checkouts: 4, amount: 400 } } })
  })
})

describe('binary mode is read as the CloudEvents HTTP binding says:', () => {
  test.each([
    ['percent-encoded', 'ce-source', encodeURIComponent(source)],
    ['percent-encoded, what HTTP has no letter for', 'ce-id', '%E8%8A%B1%20%22'],
    ['quoted, as senders of an older version do', 'ce-source', `"${source}"`],
    ['quoted with a backslash', 'ce-id', String.raw`"a\"b"`],
  ])('%s', (_what, name, value) => {
    const event = abandoned()
    const headers = { ...attributes(event), [name]: value }
    return accepted(postAs(house, binary, JSON.stringify(event['data']), { headers }))
  })
})

describe('the official client can post', () => {
  const { id: _id, ...event } = abandoned()
  const cloudEvent = () => new CloudEvent(event)
  const send = ({ headers, body }: { headers: object; body: unknown }) =>
    house.call('POST', '/v1/events', { body: body as string, headers: headers as Record<string, string> })

  test('structured', () => accepted(send(HTTP.structured(cloudEvent()))))
  test('binary', () => accepted(send(HTTP.binary(cloudEvent()))))
  test('a batch', () => accepted(postAs(house, batch, JSON.stringify([cloudEvent(), cloudEvent()])), 2))
})

describe('400: the whole can not be read, or holds no event:', () => {
  const packed = gzipSync(text())
  const gzip = { 'content-encoding': 'gzip' }
  test.each<[string, string, string | Uint8Array, Record<string, string>?]>([
    ['nothing', one, ''],
    ['half an event', one, text().slice(0, -2)],
    ['an array where one event was said', one, `[${text()}]`],
    ['a text', one, '"event"'],
    ['null', one, 'null'],
    ['bytes that are no UTF-8', one, Buffer.from(text().replace('sample', '\u00ff'), 'latin1')],
    ['an object where a batch was said', batch, text()],
    ['an empty batch', batch, '[]'],
    ['half a batch', batch, `[${text()},`],
    ['no lines', lines, ''],
    ['blank lines', lines, '\r\n \n\t\n'],
    ['no data in binary mode', binary, '', attributes(abandoned())],
    ['unreadable data in binary mode', binary, '{', attributes(abandoned())],
    ['not packed at all', one, text(), gzip],
    ['half of what was packed', one, packed.subarray(0, packed.length / 2), gzip],
    ['packed, with rubbish behind', one, Buffer.concat([packed, Buffer.from('rubbish')]), gzip],
    ['packed emptiness', lines, gzipSync(''), gzip],
  ])('%s', async (_what, contentType, body, headers = {}) => {
    await expectProblem(await postAs(house, contentType, body, { headers }), 400)
  })
})

describe('415: another form:', () => {
  test.each<[string, string, Record<string, string>?]>([
    ['a text', 'text/plain'],
    ['JSON without ce-* headers', 'application/json'],
    ['another format of CloudEvents', 'application/cloudevents+avro'],
    ['a name of an object of ours', 'constructor'],
    ['almost', 'application/cloudevents+json2'],
    ['packed otherwise', one, { 'content-encoding': 'br' }],
    ['packed twice', one, { 'content-encoding': 'gzip, gzip' }],
  ])('%s', async (_what, contentType, headers = {}) => {
    await expectProblem(await postAs(house, contentType, text(), { headers }), 415)
  })

  test('none named', async () => {
    await expectProblem(await house.call('POST', '/v1/events', { body: new TextEncoder().encode(text()) }), 415)
  })
})

describe('limits hold at their edge:', () => {
  const most = 5 * 1024 * 1024
  const gzip = { headers: { 'content-encoding': 'gzip' } }
  const bytes = (length: number): string => text().padEnd(length, ' ')

  test('5 MiB', () => accepted(postAs(house, one, bytes(most))))
  test('5 MiB and a byte', async () => {
    await expectProblem(await postAs(house, one, bytes(most + 1)), 413)
  })
  test('5 MiB unpacked', () => accepted(postAs(house, one, gzipSync(bytes(most)), gzip)))
  test('5 MiB and a byte unpacked', async () => {
    await expectProblem(await postAs(house, one, gzipSync(bytes(most + 1)), gzip), 413)
  })

  test.each([
    [batch, (events: string[]) => `[${events.join()}]`],
    [lines, (events: string[]) => events.join('\n')],
  ])('10,000 events and no more in %s', async (contentType, join) => {
    const events = Array.from({ length: 10_001 }, () => text())
    await accepted(postAs(house, contentType, join(events.slice(1))), 10_000)
    await expectProblem(await postAs(house, contentType, join(events)), 413)
  })

  test.each([
    [one, (event: string) => event],
    [batch, (event: string) => `[${event}]`],
    [lines, (event: string) => `${event}\n`],
  ])('16 KiB an event and no more in %s', async (contentType, wrap) => {
    const large = (size: number, letter = 'x') => {
      const event = abandoned({ id: 'large', padding: '' })
      const rest = size - Buffer.byteLength(text(event))
      const padding = letter.repeat(rest / Buffer.byteLength(letter))
      return text({ ...event, padding: padding + '.'.repeat(rest - Buffer.byteLength(padding)) })
    }
    await accepted(postAs(house, contentType, wrap(large(16_384))))
    await accepted(postAs(house, contentType, wrap(large(16_384, '花'))))
    for (const event of [large(16_385), large(16_385, '花'), large(1_000_000)]) {
      const problem = await expectProblem(await postAs(house, contentType, wrap(event)), 422)
      expect(problem.rejected).toEqual([
        { index: 0, id: 'large', code: 'too_large', pointer: '', detail: expect.any(String) },
      ])
    }
  })

  test('16 KiB an event in binary mode, its headers among them', async () => {
    const event = abandoned({ id: 'large' })
    const body = JSON.stringify({ ...(event['data'] as object), padding: 'x'.repeat(10_000) })
    const headers = { ...attributes(event), 'ce-padding': 'x'.repeat(5_000) }
    await accepted(postAs(house, binary, body, { headers }))
    headers['ce-padding'] = 'x'.repeat(7_000)
    const problem = await expectProblem(await postAs(house, binary, body, { headers }), 422)
    expect(problem.rejected).toMatchObject([{ id: 'large', code: 'too_large' }])
  })

  test('unpacking stops at the limit: a bomb takes no memory', async () => {
    const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024))
    const before = process.resourceUsage().maxRSS
    await expectProblem(await postAs(house, one, bomb, gzip), 413)
    // Unpacked it has 400 MiB; what else the process does meanwhile, rolling up above all, takes some.
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(250)
  })

  const headers = [`authorization: Bearer ${adminKey}`, `content-type: ${lines}`]
  test.each([
    ['never ends', Infinity],
    ['falls silent past the limit', most + 200_000],
  ])('a body that %s is answered', async (_what, length) => {
    const { status, body } = await postEndless(house.url, headers, length)
    expect(status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({ status: 413 })
  })

  test('a body without end is not even read for who has no key', async () => {
    expect((await postEndless(house.url, [`content-type: ${lines}`], 1_000_000)).status).toBe(401)
  })
})

describe('the answer', () => {
  test('names each refused event by its place among the events, and takes the others', async () => {
    const [first, second] = [abandoned(), abandoned()]
    const bad = sample('payment.succeeded', {
      id: 'bad',
      data: { checkoutId: 'c', attempt: 1, amount: 0, method: 'CASH' },
    })
    const body = ['', text(first), '{"not json', '', text(bad), '7', text({ ...bad, id: 7 }), text(second)].join('\r\n')
    const answer = await postAs(house, lines, body)
    expect(answer.status).toBe(200)
    const detail: unknown = expect.stringMatching(/./)
    expect(await answer.json()).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, id: null, code: 'invalid_event', pointer: '', detail },
        { index: 2, id: 'bad', code: 'amount_out_of_range', pointer: '/data/amount', detail },
        { index: 3, id: null, code: 'invalid_event', pointer: '', detail },
        { index: 4, id: null, code: 'invalid_event', pointer: '/id', detail },
      ],
    })
  })

  test('is 422 with the same members when no event was acceptable', async () => {
    const response = await postAs(house, batch, JSON.stringify([null, [], abandoned({ type: 'other' })]))
    const { accepted: count, rejected } = (await expectProblem(response, 422)) as Verdict
    expect(count).toBe(0)
    expect(rejected.map(({ index, code }) => [index, code])).toEqual([
      [0, 'invalid_event'],
      [1, 'invalid_event'],
      [2, 'unknown_type'],
    ])
  })

  test('counts repeats as accepted, in one request and in the next', async () => {
    const event = text()
    await accepted(postAs(house, batch, `[${event},${event}]`), 2)
    await accepted(postAs(house, one, event))
  })

  test('is 405 for another method', async () => {
    const response = await house.call('GET', '/v1/events')
    expect(response.headers.get('allow')).toBe('POST')
    await expectProblem(response, 405)
  })

  test('is 401 without a key, 404 for a merchant key, whatever the body', async () => {
    const merchant = await keyFor(house, { role: 'merchant', merchantNo })
    for (const [contentType, body] of [
      [one, text()],
      [one, '{'],
      ['text/plain', ''],
      [batch, '[]'],
    ] as const) {
      for (const [key, status] of [
        [null, 401],
        ['unknown', 401],
        [merchant, 404],
      ] as const) {
        await expectProblem(await postAs(house, contentType, body, { key }), status)
      }
    }
  })
})
