import { PGlite } from '@electric-sql/pglite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'

let dir: string
let registry: Registry
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-embedded-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

/** As Postgres ends where it can't write its log. */
const panic = () => Object.assign(new Error('could not write'), { severity: 'PANIC', code: '53100' })

const writing = (providerId: string) =>
  registry
    .transaction()
    .execute((tx) => tx.insertInto('providers').values({ providerId, name: 'P', sharedTokens: false }).execute())

test('a transaction that can not even begin fails by itself, and the next one finds the registry open again', async () => {
  const asked = [
    vi.spyOn(PGlite.prototype, 'execProtocol').mockRejectedValueOnce(panic()),
    vi.spyOn(PGlite.prototype, 'execProtocolStream').mockRejectedValueOnce(panic()),
  ]
  try {
    await expect(writing('p1')).rejects.toMatchObject({ code: '57P03' })
  } finally {
    for (const spy of asked) spy.mockRestore()
  }
  await writing('p2')
  expect(await registry.selectFrom('providers').select('providerId').execute()).toEqual([{ providerId: 'p2' }])
})
