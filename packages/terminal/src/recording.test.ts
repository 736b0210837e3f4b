/** What the tills of an outbox record, seen by what reaches the ingest. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOutbox, type OutboxOptions } from './index.ts'
import { flyingClock, scriptedIngest, type FlyingClock, type ScriptedIngest } from './scripted-ingest.ts'

const merchantNo = '898584058120001'

let dir: string
let clock: FlyingClock
let ingest: ScriptedIngest
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tillsight-outbox-'))
  clock = flyingClock()
  ingest = await scriptedIngest(clock)
})
afterEach(async () => {
  await ingest.close()
  rmSync(dir, { recursive: true })
})

const open = (options: Partial<OutboxOptions> = {}) =>
  openOutbox({ url: ingest.url, key: 'the-key', file: join(dir, 'queue'), clock, ...options })

const sent = () => ingest.requests.flatMap(({ events }) => events)

test('each of the five events goes out as the API spells it', async () => {
  const outbox = open()
  const till = outbox.terminal(merchantNo, '10000001')
  const time = new Date('2026-11-01T02:15:30.123Z')
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' } as const
  till.declined({ checkoutId: 'c1', attempt: 1, amount: 8600, method: 'HUABEI', code }, { id: 'e1', time })
  till.succeeded({ checkoutId: 'c1', attempt: 2, amount: 8600, method: 'CASH' })
  till.reversed({ checkoutId: 'c1', attempt: 2 })
  till.abandoned({ checkoutId: 'c1' })
  till.reported({ methods: { HUABEI: 'open' }, firmware: '1.2', cause: null })
  await outbox.flush()
  expect(sent()[0]).toEqual({
    specversion: '1.0',
    id: 'e1',
    source: 'urn:terminal:898584058120001:10000001',
    type: 'tillsight.payment.declined',
    time: '2026-11-01T02:15:30.123Z',
    sequence: '1',
    data: { checkoutId: 'c1', attempt: 1, amount: 8600, method: 'HUABEI', code },
  })
  expect(
    sent()
      .map(({ type, sequence, data }) => [type, sequence, data])
      .slice(1),
  ).toEqual([
    ['tillsight.payment.succeeded', '2', { checkoutId: 'c1', attempt: 2, amount: 8600, method: 'CASH' }],
    ['tillsight.payment.reversed', '3', { checkoutId: 'c1', attempt: 2 }],
    ['tillsight.checkout.abandoned', '4', { checkoutId: 'c1' }],
    [
      'tillsight.terminal.reported',
      '5',
      { methods: [{ method: 'HUABEI', state: 'open' }], firmware: '1.2', cause: null },
    ],
  ])
  expect(ingest.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer the-key',
    'content-type': 'application/cloudevents-batch+json',
    'content-encoding': 'gzip',
  })
  await outbox.close()
})

test('every terminal counts for itself, also over restarts, and no id comes twice', async () => {
  for (let start = 0; start < 3; start += 1) {
    const outbox = open()
    for (const terminalNo of ['10000001', '10000002']) {
      const till = outbox.terminal(merchantNo, terminalNo)
      outbox.recordAll(
        [1, 2].map((n) => ({
          terminal: till,
          type: 'tillsight.checkout.abandoned',
          data: { checkoutId: `${start}-${n}` },
        })),
      )
    }
    await outbox.flush()
    await outbox.close()
  }
  for (const terminalNo of ['10000001', '10000002']) {
    const own = sent().filter(({ source }) => source.endsWith(terminalNo))
    expect(own.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5', '6'])
  }
  expect(new Set(sent().map(({ id }) => id)).size).toBe(12)
  expect(sent()[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('what the API does not name stays out of the queue', async () => {
  const outbox = open()
  const customer = { returning: true, phone: '13800138000' }
  outbox
    .terminal(merchantNo, '10000001')
    .succeeded({ checkoutId: 'c1', attempt: 1, amount: 1, method: 'CASH', customer })
  await outbox.flush()
  expect(sent()[0]?.data['customer']).toEqual({ returning: true })
  await outbox.close()
})

test('an event that can’t be sent is refused at once, takes no number and throws nothing into the sale', async () => {
  const outbox = open()
  const till = outbox.terminal(merchantNo, '10000001')
  const payment = { checkoutId: 'c1', attempt: 1, amount: 1, method: 'CASH' } as const
  const items = Array.from({ length: 100 }, () => ({ category: '花'.repeat(100) }))
  const refused = [
    till.succeeded({ ...payment, items }),
    till.succeeded({ ...payment, amount: 1n as unknown as number }),
    till.succeeded(payment, { time: NaN }),
    till.succeeded(undefined as never),
  ]
  expect(refused.map((receipt) => (receipt.recorded ? 'recorded' : receipt.error.code))).toEqual([
    'too_large',
    'not_json',
    'invalid_time',
    'not_json',
  ])
  expect(till.succeeded(payment)).toMatchObject({ recorded: true, durable: true, sequence: 1 })
  await outbox.close()
  expect(till.succeeded(payment)).toMatchObject({ recorded: false, error: { code: 'closed' } })
})

test('only changes are reported, also after a restart', async () => {
  const report = { methods: { HUABEI: 'not_capable', ALIPAY: 'open' }, firmware: '1.0', model: 'I9' } as const
  let outbox = open()
  let till = outbox.terminal(merchantNo, '10000001')
  expect(till.reportChanges(report)).toMatchObject({ recorded: true })
  expect(till.reportChanges(report)).toBeUndefined()
  await outbox.close()

  outbox = open()
  till = outbox.terminal(merchantNo, '10000001')
  expect(till.reportChanges(report)).toBeUndefined()
  till.reportChanges({ ...report, methods: { HUABEI: 'open', ALIPAY: 'open' }, cause: null })
  till.reportChanges({ ...report, methods: [], firmware: '1.1' })
  await outbox.flush()
  await outbox.close()
  expect(sent().map(({ data }) => data)).toEqual([
    {
      methods: [
        { method: 'HUABEI', state: 'not_capable' },
        { method: 'ALIPAY', state: 'open' },
      ],
      firmware: '1.0',
      model: 'I9',
    },
    { methods: [{ method: 'HUABEI', state: 'open' }], cause: null },
    { methods: [], firmware: '1.1' },
  ])
})

test('a report that was refused is made again', async () => {
  const outbox = open()
  ingest.answerWith(({ events: [event] }) => ({
    status: 422,
    body: JSON.stringify({ accepted: 0, rejected: [{ index: 0, id: event?.id, code: 'unknown_terminal' }] }),
  }))
  const till = outbox.terminal(merchantNo, '10000001')
  till.reportChanges({ methods: { HUABEI: 'open' } })
  await outbox.flush()
  expect(till.reportChanges({ methods: { HUABEI: 'open' } })).toMatchObject({ recorded: true })
  await outbox.close()
})

test.each<Partial<OutboxOptions>>([
  { url: 'ftp://example' },
  { url: 'nowhere' },
  { key: '' },
  { key: 'two\nlines' },
  { maxBytes: 1_000 },
  { batchEvents: 0 },
  { requestsInFlight: 100 },
])('%j is refused when the application starts', (options) => {
  expect(() => open(options)).toThrow()
})

test('a malformed merchant or terminal number is refused', async () => {
  const outbox = open()
  expect(() => outbox.terminal('123', '10000001')).toThrow(RangeError)
  expect(() => outbox.terminal(merchantNo, '1:2')).toThrow(RangeError)
  await outbox.close()
})
