/** Keys as a person looks for them, on a real Postgres. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'
import { findKeys } from './find-keys.ts'
import { issueKey, type KeysBelow } from './keys.ts'
import { putMerchant } from './merchants.ts'

const operator = { keyId: 'operator', role: 'operator' } as const
const [teahouse, bakery, stranger] = ['898584058120001', '898584058120002', '898584058120003'] as const

let dir: string
let registry: Registry
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-keys-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
  for (const providerId of ['p1', 'p2']) {
    await registry.insertInto('providers').values({ providerId, name: providerId, sharedTokens: false }).execute()
  }
  const shops = [
    [teahouse, '清风茶馆', 'p1'],
    [bakery, '麦香面包', 'p1'],
    [stranger, '清风茶馆分店', 'p2'],
  ] as const
  for (const [merchantNo, name, providerId] of shops) {
    await putMerchant(registry, operator, merchantNo, { name, providerId, mcc: '5812', region: '440106' })
    await issueKey(registry, { role: 'merchant', merchantNo })
  }
  await issueKey(registry, { role: 'terminal', merchantNo: teahouse, terminalNo: '10000001' })
  await issueKey(registry, { role: 'provider', providerId: 'p1' })
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

const foundBy = async (holder: KeysBelow, text: string) => {
  const { rows, total } = await findKeys(registry, holder, { text, offset: 0, limit: 10 })
  expect(total).toBe(rows.length)
  return rows.map(({ name, merchantNo, terminalNo }) => [name, merchantNo, terminalNo]).sort()
}

test('a key comes with the name of its merchant, and one of a provider with none', async () => {
  expect(await foundBy({ providerId: 'p1' }, '')).toEqual([
    ['清风茶馆', teahouse, null],
    ['清风茶馆', teahouse, '10000001'],
    ['麦香面包', bakery, null],
  ])
  expect(await foundBy('all', '')).toContainEqual([null, null, null])
})

test('keys are found by the name of their merchant, among those that the asker may see', async () => {
  expect(await foundBy({ providerId: 'p1' }, '茶馆')).toEqual([
    ['清风茶馆', teahouse, null],
    ['清风茶馆', teahouse, '10000001'],
  ])
  expect(await foundBy({ providerId: 'p2' }, '茶馆')).toEqual([['清风茶馆分店', stranger, null]])
})

test('keys are found by number too, and what is typed stands for itself', async () => {
  expect(await foundBy({ providerId: 'p1' }, '10000001')).toEqual([['清风茶馆', teahouse, '10000001']])
  expect(await foundBy({ providerId: 'p1' }, '%')).toEqual([])
})

test('a terminal’s key is found by both its numbers, as a spreadsheet has them', async () => {
  for (const text of [`${teahouse} 10000001`, `\u3000${teahouse}\t10000001 `, '１００００００１']) {
    expect(await foundBy({ providerId: 'p1' }, text)).toEqual([['清风茶馆', teahouse, '10000001']])
  }
})
