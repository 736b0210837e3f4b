/** A store that goes away: no event is lost behind a 2xx, nobody waits for ever, and everything goes on when it is back. */

import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { openHouse, post, register, type House } from '../support/house.ts'
import { startPostgres, type PostgresServer } from '../support/postgres.ts'

const merchantNo = '898584058120001'
const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
const at = Date.now() - 3_600_000

let dir: string
let gateway: Awaited<ReturnType<typeof startGateway>>
let postgres: PostgresServer
let house: House

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-away-'))
  postgres = await startPostgres()
  gateway = await startGateway(dir)
  house = await openHouse({ CLICKHOUSE_URL: gateway.url, DATABASE_URL: postgres.url })
  await register(house, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
})
afterAll(async () => {
  await house.stop()
  await gateway.kill('SIGTERM')
  await rm(dir, { recursive: true, force: true })
})

const refusal = (id: string) => ({
  specversion: '1.0',
  id,
  source: `urn:terminal:${merchantNo}:10000001`,
  type: 'tillsight.payment.declined',
  time: new Date(at).toISOString(),
  data: {
    checkoutId: id,
    attempt: 1,
    amount: 8600,
    method: 'HUABEI',
    code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
  },
})

const send = (id: string) =>
  house.call('POST', '/v1/events', {
    body: JSON.stringify(refusal(id)),
    headers: { 'content-type': 'application/cloudevents+json' },
  })

const figures = `/api/v1/merchants/${merchantNo}/lost-sales?from=${today.format(at)}&to=${today.format(at)}`

async function expectAway(response: Response): Promise<void> {
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const text = await response.text()
  expect(text).not.toMatch(/ECONN|127\.0\.0\.1|select|insert| at /i)
}

test('without ClickHouse an event is not acked, and is counted once when it is sent again', async () => {
  await post(house, [refusal('before')])
  const port = Number(new URL(gateway.url).port)
  await gateway.kill('SIGKILL')

  await expectAway(await send('during'))
  await expectAway(await house.call('GET', figures))
  await expectAway(await house.call('GET', '/readyz'))
  expect((await house.call('GET', '/healthz')).status).toBe(200)

  gateway = await startGateway(dir, port)
  await expect.poll(async () => (await house.call('GET', '/readyz')).status, { timeout: 10_000 }).toBe(200)
  expect((await send('during')).status).toBe(200)
  expect((await send('before')).status).toBe(200)
  const { totals } = await house.json<LostSales>('GET', figures)
  expect(totals.attempted).toEqual({ checkouts: 2, amount: 17_200 })
})

test('400 days by the hour fit the request that a server takes', async () => {
  const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=2025-10-01&to=2026-11-04&interval=hour`
  const { series } = await house.json<LostSales>('GET', path)
  expect(series).toHaveLength(400 * 24)
})

test('without PostgreSQL nobody is let in and nothing is acked, and the answer says to come back', async () => {
  await postgres.stop()
  // Keys that were just used are remembered for a moment.
  await expect.poll(async () => (await send('without a registry')).status, { timeout: 10_000 }).toBe(503)
  await expectAway(await send('without a registry'))
  await expectAway(await house.call('GET', figures))
  await expectAway(await house.call('GET', '/readyz'))
  expect((await house.call('GET', '/healthz')).status).toBe(200)
})
