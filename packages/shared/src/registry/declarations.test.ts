import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'
import { declarationEvents, declarersOf, recordDeclaration } from './declarations.ts'
import { putMerchant } from './merchants.ts'
import { merchantScope, type MerchantScope } from './scope.ts'

const operator = { role: 'operator', keyId: 'operator' } as const
const now = Date.UTC(2026, 10, 5, 10)

let dir: string
let registry: Registry
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-declarations-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
  await registry.insertInto('providers').values({ providerId: 'p1', name: 'P', sharedTokens: false }).execute()
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

let shops = 0
async function newShop() {
  const merchantNo = String((shops += 1)).padStart(15, '0')
  await putMerchant(registry, operator, merchantNo, { name: 'Shop', providerId: 'p1', mcc: '5812', region: '440106' })
  const owner = { keyId: `key-${shops}`, role: 'merchant', providerId: 'p1', merchantNo } as const
  const shop = (await merchantScope(registry, owner, merchantNo, 'declare')) as MerchantScope
  const declare = (tap: string, cause: 'MARGIN_FEE' | 'RISK_APPETITE' | null, at = now) =>
    recordDeclaration(registry, shop, owner, { tap, cause }, at)
  return { shop, owner, declare }
}

test('the same tap, sent again later, makes the same events', async () => {
  const { shop, declare } = await newShop()
  const events = (declaration: Awaited<ReturnType<typeof declare>>) =>
    declarationEvents(shop, [{ terminalNo: '10000001' }, { terminalNo: '10000002' }], declaration)
  const [first, again] = [await declare('t1', 'MARGIN_FEE'), await declare('t1', 'MARGIN_FEE', now + 60_000)]
  expect(events(again)).toEqual(events(first))
  expect(events(first).map(({ source, data }) => [source, data])).toEqual([
    [`urn:terminal:${shop.merchantNo}:10000001`, { methods: [], cause: 'MARGIN_FEE' }],
    [`urn:terminal:${shop.merchantNo}:10000002`, { methods: [], cause: 'MARGIN_FEE' }],
  ])
})

test('the same tap sent twice at once is one declaration', async () => {
  const { declare } = await newShop()
  const [one, other] = await Promise.all([declare('t1', 'MARGIN_FEE'), declare('t1', 'MARGIN_FEE', now + 5)])
  expect(one).toEqual(other)
})

test('another cause by the same form is another declaration', async () => {
  const { declare } = await newShop()
  const [fee, none] = [await declare('t1', 'MARGIN_FEE'), await declare('t1', null)]
  expect(none.id).not.toBe(fee.id)
  expect(none.cause).toBeNull()
})

test('each declaration is later than the one before, also where the clock goes back', async () => {
  const { declare } = await newShop()
  const times = [
    await declare('t1', 'MARGIN_FEE'),
    await declare('t2', 'RISK_APPETITE'),
    await declare('t3', null, now - 3_600_000),
  ].map(({ declaredAt }) => declaredAt.getTime())
  expect(times).toEqual([now, now + 1, now + 2])
})

test('who declared is kept, and told to nobody else', async () => {
  const { shop, owner, declare } = await newShop()
  const { shop: other } = await newShop()
  const { id } = await declare('t1', 'MARGIN_FEE')
  expect(await declarersOf(registry, shop, [id])).toEqual(new Map([[id, { keyId: owner.keyId, role: 'merchant' }]]))
  expect((await declarersOf(registry, other, [id])).size).toBe(0)
})

test('an owner declares for its own shop only, and a till for none', async () => {
  const [{ shop, owner }, { shop: other }] = [await newShop(), await newShop()]
  const till = { ...owner, role: 'terminal', terminalNo: '10000001' } as const
  const mayDeclare = async (who: Parameters<typeof merchantScope>[1], where: MerchantScope) =>
    (await merchantScope(registry, who, where.merchantNo, 'declare')) !== undefined
  expect(await mayDeclare(owner, shop)).toBe(true)
  expect(await mayDeclare(owner, other)).toBe(false)
  expect(await mayDeclare(till, shop)).toBe(false)
  expect(await merchantScope(registry, owner, shop.merchantNo, 'write')).toBeUndefined()
})
