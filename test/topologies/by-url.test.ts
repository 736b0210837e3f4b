/** The same promises, whichever stores are embedded and whichever are reached by URL. */

import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import { streams, type Stream } from '../judge/streams.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { keyFor, post, register } from '../support/house.ts'
import type { ServerProcess } from '../support/process.ts'
import { hostileEvents, hostileTexts, unmappableTexts } from './hostile-texts.ts'
import { openTopology, plans, type Topology } from './topology.ts'

const samples = 3
const revokedWithinMs = 5_000
const template = '898000000000000'
const dayMs = 86_400_000

let merchants = 0
const nextMerchantNo = () => `898${String((merchants += 1)).padStart(12, '0')}`

const source = (merchantNo: string) => `urn:terminal:${merchantNo}:10000001`
const dateOf = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

const decline = (merchantNo: string, checkoutId: string, at: number): WireEvent => ({
  specversion: '1.0',
  id: checkoutId,
  source: source(merchantNo),
  type: 'tillsight.payment.declined',
  time: new Date(at).toISOString(),
  data: {
    checkoutId,
    attempt: 1,
    amount: 8600,
    method: 'HUABEI',
    code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
  },
})

const figuresPath = ({ merchantNo, from, to, interval }: Pick<Stream, 'merchantNo' | 'from' | 'to' | 'interval'>) =>
  `/api/v1/merchants/${merchantNo}/lost-sales?from=${from}&to=${to}&interval=${interval}`

const figuresOf = (server: ServerProcess, merchantNo: string, at: number) =>
  server.json<LostSales>('GET', figuresPath({ merchantNo, from: dateOf(at), to: dateOf(at), interval: 'day' }))

/** What a server says, in the judge's form, and the moment it said it for. */
async function told(server: ServerProcess, stream: Stream) {
  const { asOf, basis: _basis, ...figures } = await server.json<LostSales>('GET', figuresPath(stream))
  return {
    now: Date.parse(asOf),
    figures: { ...figures, reasons: figures.reasons.sort((a, b) => (a.reason < b.reason ? -1 : 1)) },
  }
}

/** Two ways to write one formula differ in the last bit. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'number' ? Number(inner.toPrecision(13)) : inner,
    ),
  )

describe.each(Object.entries(plans))('with %s', (_name, plan) => {
  let topology: Topology
  let first: ServerProcess
  let last: ServerProcess
  const useServers = () => {
    first = topology.servers[0] as ServerProcess
    last = topology.servers.at(-1) as ServerProcess
  }
  beforeAll(async () => {
    topology = await openTopology(plan)
    useServers()
  })
  afterAll(() => topology?.close())

  test('every figure equals the brute-force reading, whichever replica took the events', async () => {
    await fc.assert(
      fc.asyncProperty(streams({ merchantNo: template }), async (sample) => {
        const merchantNo = nextMerchantNo()
        const stream = JSON.parse(JSON.stringify(sample).replaceAll(template, merchantNo)) as Stream
        const providerId = `p${merchantNo}`
        await register(first, { providerId, ...stream })
        for (const { system, value, reason } of stream.ownCodes) {
          const path = `/api/v1/providers/${providerId}/codes/${system}/${encodeURIComponent(value)}`
          await first.json('PUT', path, { body: { reason }, expected: 201 })
        }
        const key = await keyFor(first, { role: 'provider', providerId })
        const half = Math.ceil(stream.deliveries.length / 2)
        await Promise.all([
          post(first, stream.deliveries.slice(0, half), key),
          post(last, stream.deliveries.slice(half), key),
        ])
        const { now, figures } = await told(last, stream)
        expect(rounded(figures)).toEqual(rounded(judgeLostSales({ ...stream, now })))
      }),
      { numRuns: samples, endOnFailure: true },
    )
  })

  test('an event that is sent to every replica, twice, counts once', async () => {
    const merchantNo = nextMerchantNo()
    await register(first, { providerId: 'once', merchantNo, terminals: ['10000001'] })
    const at = Date.now() - 2 * dayMs
    const event = decline(merchantNo, 'c1', at)
    const everywhere = [...topology.servers, ...topology.servers]
    await Promise.all(everywhere.map((server) => post(server, [event, event])))
    for (const server of topology.servers) {
      const { totals } = await figuresOf(server, merchantNo, at)
      expect(totals.attempted).toEqual({ checkouts: 1, amount: 8600 })
    }
  })

  test('a key that is revoked at one replica stops working at every other within 5 s', async () => {
    const merchantNo = nextMerchantNo()
    await register(first, { providerId: 'revoked', merchantNo, terminals: ['10000001'] })
    const body = { role: 'merchant', merchantNo }
    const { id, key } = await first.json<{ id: string; key: string }>('POST', '/api/v1/keys', { body, expected: 201 })
    const statusAt = async (server: ServerProcess) => {
      const response = await server.call('GET', `/api/v1/merchants/${merchantNo}`, { key })
      await response.arrayBuffer()
      return response.status
    }
    for (const server of topology.servers) expect(await statusAt(server)).toBe(200)
    await first.json('DELETE', `/api/v1/keys/${id}`, { expected: 204 })
    const revokedAt = Date.now()
    for (const server of topology.servers) {
      const timeout = revokedAt + revokedWithinMs - Date.now()
      await expect.poll(() => statusAt(server), { timeout, interval: 50 }).toBe(401)
    }
  })

  test('text arrives unharmed in ids, checkoutIds, codes, tokens and names', async () => {
    const merchantNo = nextMerchantNo()
    const providerId = 'hostile'
    await register(first, { providerId, merchantNo, terminals: ['10000001'] })
    const name = `'"\`\\'; DROP TABLE merchants; -- %00 $1 🧧 花呗`
    await first.json('PUT', `/api/v1/providers/${providerId}`, { body: { name } })
    expect(await last.json('GET', `/api/v1/providers/${providerId}`)).toMatchObject({ name })
    for (const text of hostileTexts) {
      const path = `/api/v1/providers/${providerId}/codes/LOCAL/${encodeURIComponent(text)}`
      await first.json('PUT', path, { body: { reason: 'MARGIN_FEE' }, expected: 201 })
    }

    const at = Date.parse(`${dateOf(Date.now() - 5 * dayMs)}T12:00:00+08:00`)
    const texts = [...hostileTexts, ...unmappableTexts]
    const events = hostileEvents(texts, source(merchantNo), at)
    await post(first, events)

    // Each code is found in the provider's list byte for byte, and each customer is found again by the token.
    const { totals } = await figuresOf(last, merchantNo, at)
    expect(totals).toMatchObject({
      attempted: { checkouts: texts.length },
      unsupported: { checkouts: hostileTexts.length },
      unmapped: { checkouts: unmappableTexts.length },
      outcomes: { deferred: { checkouts: hostileTexts.length } },
    })

    const log = await topology.readLog<Record<'id' | 'checkoutId' | 'codeValue' | 'body' | 'customer', string>>(
      `SELECT DISTINCT id, checkoutId, codeValue, body, toString(customer) AS customer
       FROM checkout_events WHERE merchantNo = '${merchantNo}'`,
    )
    useServers()
    const inLog = log.map(({ id, checkoutId, codeValue, body }) => {
      const { data } = JSON.parse(body) as WireEvent
      return { id, checkoutId, codeValue, data }
    })
    const sent = events.map(({ id, data }) => {
      return { id, checkoutId: data.checkoutId, codeValue: data.code?.value ?? '', data }
    })
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
    expect(inLog.sort(byId)).toEqual(sent.sort(byId))
    expect(new Set(log.map(({ customer }) => customer)).size).toBe(texts.length)
  })

  test('a restart keeps the events, the registry and the keys', async () => {
    const merchantNo = nextMerchantNo()
    await register(first, { providerId: 'kept', merchantNo, terminals: ['10000001', '10000002'] })
    const key = await keyFor(first, { role: 'merchant', merchantNo })
    const at = Date.now() - 2 * dayMs
    await post(
      first,
      ['c1', 'c2', 'c3'].map((id) => decline(merchantNo, id, at)),
    )
    const everything = async () => ({
      figures: (await figuresOf(last, merchantNo, at)).totals,
      merchant: await last.json('GET', `/api/v1/merchants/${merchantNo}`, { key }),
      terminals: await last.json('GET', `/api/v1/merchants/${merchantNo}/terminals`, { key }),
    })
    const before = await everything()
    expect(before.figures.attempted.checkouts).toBe(3)
    await topology.restart()
    useServers()
    expect(await everything()).toEqual(before)
    for (const server of topology.servers) expect(server.newOperatorKey).toBeUndefined()
  })
})
