/** Merchants and terminals as a person looks for them, on a real Postgres. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'
import { putMerchant } from './merchants.ts'
import { merchantScope, providerScope, type ProviderScope } from './scope.ts'
import { findMerchants, findTerminals } from './search.ts'
import { putTerminal } from './terminals.ts'

const operator = { keyId: 'operator', role: 'operator' } as const
const [teahouse, bakery] = ['898584058120001', '898584058120002'] as const

let dir: string
let registry: Registry
let provider: ProviderScope
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-search-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
  await registry.insertInto('providers').values({ providerId: 'p1', name: 'P', sharedTokens: false }).execute()
  const shops = [
    [teahouse, '清风茶馆（天河店）'],
    [bakery, 'ＡＢ面包'],
  ] as const
  for (const [merchantNo, name] of shops) {
    await putMerchant(registry, operator, merchantNo, { name, providerId: 'p1', mcc: '5812', region: '440106' })
    const merchant = await merchantScope(registry, operator, merchantNo, 'write')
    if (merchant === undefined) throw new Error('no scope')
    for (const no of ['10000001', '10000002'])
      await putTerminal(registry, merchant, no, { serialNo: `SN ${merchantNo.slice(-1)}-${no}` })
  }
  provider = (await providerScope(registry, operator, 'p1')) as ProviderScope
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

const whole = (text: string) => ({ text, offset: 0, limit: 10 })
const terminalsBy = async (text: string): Promise<string[]> => {
  const { rows, total } = await findTerminals(registry, provider, whole(text))
  expect(total).toBe(rows.length)
  return rows.map(({ merchantNo, terminalNo }) => `${merchantNo} ${terminalNo}`)
}
const merchantsBy = async (text: string): Promise<string[]> =>
  (await findMerchants(registry, provider, whole(text))).rows.map(({ merchantNo }) => merchantNo)

test('a terminal is found by both its numbers, as a receipt has them', async () => {
  expect(await terminalsBy(`${bakery} 10000002`)).toEqual([`${bakery} 10000002`])
  expect(await terminalsBy(bakery)).toEqual([`${bakery} 10000001`, `${bakery} 10000002`])
  expect(await terminalsBy('10000002')).toEqual([`${teahouse} 10000002`, `${bakery} 10000002`])
  expect(await terminalsBy('sn 2-10000002')).toEqual([`${bakery} 10000002`])
})

test('digits of full width and stray blanks are no part of a number', async () => {
  expect(await terminalsBy(`\u00a0${bakery}\t 10000002\u3000`)).toEqual([`${bakery} 10000002`])
  expect(await terminalsBy('８９８５８４０５８１２０００２　１０００')).toHaveLength(2)
  expect(await merchantsBy(' ８９８５８４０５８１２０００２\n')).toEqual([bakery])
})

test('a name is found as it is written, in full width too', async () => {
  expect(await merchantsBy('（天河')).toEqual([teahouse])
  expect(await merchantsBy('ＡＢ')).toEqual([bakery])
  expect(await terminalsBy('茶馆（')).toHaveLength(2)
  expect(await merchantsBy('%')).toEqual([])
})
