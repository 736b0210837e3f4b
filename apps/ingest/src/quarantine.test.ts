import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { ClickHouseDialect } from '@tillsight/shared/store/dialect.ts'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { Quarantine } from './quarantine.ts'

/** A store of which only reading is asked. */
const storeThat = (reads: () => Promise<never>): EventStore =>
  ({ db: new Kysely({ dialect: new ClickHouseDialect(reads) }) }) as unknown as EventStore

const refused = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    sent: { id: String(i), source: 'urn:terminal:898584058120001:10000001' },
    refusal: { code: 'invalid_event', pointer: '/type', detail: 'type is required' } as const,
  }))
const operator = { role: 'operator', keyId: 'operator' } as const

test.each([
  ['that does not answer', () => new Promise<never>(() => {})],
  ['that fails', () => Promise.reject(new Error('busy'))],
])('a store %s keeps no event waiting, and the bound holds all the same', async (_what, reads) => {
  const quarantine = new Quarantine(storeThat(reads))
  const first = await quarantine.admit(refused(9_000), operator, 0)
  expect(first.rows).toHaveLength(9_000)
  const second = await quarantine.admit(refused(9_000), operator, 0)
  expect([second.rows.length, second.leftOut]).toEqual([1_000, 8_000])
})
