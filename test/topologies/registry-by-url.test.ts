/** A registry on a PostgreSQL server, to which several write at once: the embedded one takes statements one at a time. */

import { connectRegistryServer, type Registry } from '@tillsight/shared/registry/connect.ts'
import { putMerchant } from '@tillsight/shared/registry/merchants.ts'
import { putProvider } from '@tillsight/shared/registry/providers.ts'
import { merchantScope } from '@tillsight/shared/registry/scope.ts'
import { putTerminals, type NamedTerminal } from '@tillsight/shared/registry/terminals.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../support/postgres.ts'

const operator = { keyId: 'k', role: 'operator' } as const
const merchantNo = '898584058120001'
const merchant = { name: 'Shop', providerId: 'p1', mcc: '5812', region: '440106', timeZone: 'Asia/Shanghai' }

let postgres: PostgresServer
let registry: Registry

beforeAll(async () => {
  postgres = await startPostgres()
  registry = await connectRegistryServer(postgres.url)
  await putProvider(registry, 'p1', { name: 'Provider' })
  await putMerchant(registry, operator, merchantNo, merchant)
})
afterAll(async () => {
  await registry.destroy()
  await postgres.stop()
})

test('imports of the same terminals at once, in whatever order, all end', async () => {
  const scope = await merchantScope(registry, operator, merchantNo, 'write')
  if (scope === undefined) throw new Error('the merchant is not there')
  const terminals = Array.from({ length: 500 }, (_, i): NamedTerminal => ({
    merchant: scope,
    terminalNo: String(10_000_000 + i),
    record: { serialNo: `SN${i}` },
  }))
  for (let round = 0; round < 20; round += 1) {
    const orders = [terminals, terminals.toReversed(), terminals, terminals.toReversed()]
    await Promise.all(orders.map((order) => putTerminals(registry, order)))
  }
  const rows = await registry.selectFrom('terminals').select('serialNo').execute()
  expect(new Set(rows.map(({ serialNo }) => serialNo)).size).toBe(terminals.length)
})

test('a merchant that many register at once is there once, and nobody is told of a fault', async () => {
  const numbers = ['898584058120002', '898584058120003']
  const outcomes = await Promise.all(
    numbers.flatMap((number) => Array.from({ length: 5 }, () => putMerchant(registry, operator, number, merchant))),
  )
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(numbers.length)
  expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(8)
})
