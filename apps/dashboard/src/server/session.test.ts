import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { provideStores, type Provided } from '@tillsight/shared/stores.ts'
import { beforeEach, expect, test } from 'vitest'
import { visitorWith } from './session.ts'

const holders: Record<string, Principal> = {
  merchant: { keyId: 'k1', role: 'merchant', providerId: 'p1', merchantNo: '898584058120001' },
  terminal: { keyId: 'k2', role: 'terminal', providerId: 'p1', merchantNo: '898584058120001', terminalNo: '10000001' },
}

beforeEach(() =>
  provideStores({ keys: { principalOf: (key: string) => Promise.resolve(holders[key]) } } as unknown as Provided),
)

test('a merchant key opens pages', async () => {
  expect(await visitorWith('merchant')).toEqual(holders['merchant'])
})

test('a terminal key opens no page, just as an unknown one', async () => {
  expect(await visitorWith('terminal')).toBeUndefined()
  expect(await visitorWith('unknown')).toBeUndefined()
})

test('no key, and one longer than any key, are not looked up', async () => {
  expect(await visitorWith(undefined)).toBeUndefined()
  expect(await visitorWith('')).toBeUndefined()
  expect(await visitorWith('merchant'.repeat(100))).toBeUndefined()
})
