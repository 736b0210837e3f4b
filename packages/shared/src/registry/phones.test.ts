/** Links that set up phones, on a real Postgres. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'
import { KeyRing } from './keys.ts'
import { putMerchant } from './merchants.ts'
import { listPhones, offerSetup, removePhone, setUpPhone, type PhoneIdentity } from './phones.ts'
import { merchantScope, type MerchantScope } from './scope.ts'
import { getTerminal, putTerminal } from './terminals.ts'

const now = Date.UTC(2026, 10, 1)
const operator = { keyId: 'operator', role: 'operator' } as const

let dir: string
let registry: Registry
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-phones-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
  await registry.insertInto('providers').values({ providerId: 'p1', name: 'P', sharedTokens: false }).execute()
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

let shops = 0
async function newShop(): Promise<MerchantScope> {
  const merchantNo = String((shops += 1)).padStart(15, '0')
  await putMerchant(registry, operator, merchantNo, { name: 'Shop', providerId: 'p1', mcc: '5812', region: '440106' })
  return (await merchantScope(registry, operator, merchantNo, 'phones')) as MerchantScope
}

async function setUp(shop: MerchantScope, earlierKey?: string): Promise<PhoneIdentity> {
  const { secret } = await offerSetup(registry, shop, now)
  return (await setUpPhone(registry, { secret, device: 'Android', earlierKey }, now)) as PhoneIdentity
}

const holderOf = (key: string) => new KeyRing(registry).principalOf(key)

test('a link sets up one phone: a new terminal of its merchant, with a key of its own', async () => {
  const shop = await newShop()
  const phone = await setUp(shop)
  expect(phone).toMatchObject({ merchantNo: shop.merchantNo, name: 'Shop', terminalNo: 'TAP00001' })
  const { merchantNo, terminalNo } = phone
  expect(await holderOf(phone.key)).toMatchObject({ role: 'terminal', merchantNo, terminalNo })
  expect(await getTerminal(registry, shop, 'TAP00001')).toMatchObject({ deviceType: '08', retiredOn: null })
  expect(await listPhones(registry, shop)).toMatchObject([{ terminalNo, device: 'Android', active: true }])
})

test('a link works once, also when it is opened twice at once', async () => {
  const { secret } = await offerSetup(registry, await newShop(), now)
  const open = () => setUpPhone(registry, { secret, device: 'Android' }, now)
  const opened = await Promise.all([open(), open()])
  expect(opened.filter((phone) => phone !== undefined)).toHaveLength(1)
  expect(await open()).toBeUndefined()
})

test('a link is good for ten minutes, and one that was never given out for none', async () => {
  const { secret, expiresAt } = await offerSetup(registry, await newShop(), now)
  expect(expiresAt.getTime()).toBe(now + 600_000)
  expect(await setUpPhone(registry, { secret, device: 'Android' }, now + 600_000)).toBeUndefined()
  expect(await setUpPhone(registry, { secret: 'a guess', device: 'Android' }, now)).toBeUndefined()
})

test('neither the link nor the key is stored as it is', async () => {
  const shop = await newShop()
  const { secret } = await offerSetup(registry, shop, now)
  const { key } = await setUp(shop)
  const rows = await Promise.all(
    (['phoneSetups', 'phones', 'keys'] as const).map((table) => registry.selectFrom(table).selectAll().execute()),
  )
  const text = JSON.stringify(rows)
  expect(text.includes(secret) || text.includes(key)).toBe(false)
})

test('numbers that a terminal of the merchant has are not given again', async () => {
  const shop = await newShop()
  await putTerminal(registry, shop, 'TAP00002', {})
  const given = await Promise.all([setUp(shop), setUp(shop), setUp(shop)])
  expect(given.map(({ terminalNo }) => terminalNo).sort()).toEqual(['TAP00001', 'TAP00003', 'TAP00004'])
})

test('a phone that still has its key stays the terminal it was; the earlier key works no more', async () => {
  const shop = await newShop()
  const first = await setUp(shop)
  const again = await setUp(shop, first.key)
  expect(again.terminalNo).toBe(first.terminalNo)
  expect(await holderOf(first.key)).toBeUndefined()
  expect(await holderOf(again.key)).toMatchObject({ terminalNo: first.terminalNo })
  expect(await listPhones(registry, shop)).toHaveLength(1)
})

test('the key of another shop’s phone moves nothing', async () => {
  const [shop, other] = [await newShop(), await newShop()]
  const theirs = await setUp(other)
  expect(await setUp(shop, theirs.key)).toMatchObject({ merchantNo: shop.merchantNo, terminalNo: 'TAP00001' })
  expect(await holderOf(theirs.key)).toMatchObject({ merchantNo: other.merchantNo })
})

test('the key of a till that is no phone moves nothing either', async () => {
  const shop = await newShop()
  const phone = await setUp(shop, 'ts_unknown')
  expect(phone.terminalNo).toBe('TAP00001')
})

test('a phone that was removed has no key and is out of the fleet, until it is set up again', async () => {
  const shop = await newShop()
  const phone = await setUp(shop)
  await removePhone(registry, shop, phone.terminalNo, '2026-11-01')
  expect(await holderOf(phone.key)).toBeUndefined()
  expect(await getTerminal(registry, shop, phone.terminalNo)).toMatchObject({ retiredOn: '2026-11-01' })
  expect(await listPhones(registry, shop)).toMatchObject([{ active: false }])

  expect(await setUp(shop, phone.key)).toMatchObject({ terminalNo: phone.terminalNo })
  expect(await getTerminal(registry, shop, phone.terminalNo)).toMatchObject({ retiredOn: null })
})

test('no terminal but a phone can be removed so', async () => {
  const shop = await newShop()
  await putTerminal(registry, shop, '10000001', {})
  await removePhone(registry, shop, '10000001', '2026-11-01')
  expect(await getTerminal(registry, shop, '10000001')).toMatchObject({ retiredOn: null })
})

test('an owner keeps the phones of its own shop, and changes nothing else', async () => {
  const [shop, other] = [await newShop(), await newShop()]
  const owner = { keyId: 'k', role: 'merchant', providerId: 'p1', merchantNo: shop.merchantNo } as const
  const till = { ...owner, role: 'terminal', terminalNo: 'TAP00001' } as const
  const reaches = async (who: Parameters<typeof merchantScope>[1], where: MerchantScope, intent: 'phones' | 'write') =>
    (await merchantScope(registry, who, where.merchantNo, intent)) !== undefined
  expect(await reaches(owner, shop, 'phones')).toBe(true)
  expect(await reaches(owner, other, 'phones')).toBe(false)
  expect(await reaches(owner, shop, 'write')).toBe(false)
  expect(await reaches(till, shop, 'phones')).toBe(false)
})
