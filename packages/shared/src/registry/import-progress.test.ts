/** What is left of an import when the process that wrote it is gone, on a real Postgres. */

import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'
import { progressOf, tellProgress, type ImportProgress } from './import-progress.ts'
import type { ProviderScope } from './scope.ts'

const [own, other] = ['p1', 'p2'].map((providerId) => ({ providerId }) as ProviderScope) as [
  ProviderScope,
  ProviderScope,
]

let dir: string
let registry: Registry
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-imports-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
  for (const { providerId } of [own, other]) {
    await registry.insertInto('providers').values({ providerId, name: providerId, sharedTokens: false }).execute()
  }
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

const progress = (id: string, change: Partial<ImportProgress> = {}): ImportProgress => ({
  ...{ id, file: 'shops.csv', state: 'running', toWrite: 10, written: 4, lastRow: 6, refusals: 2 },
  ...change,
})
const tell = (one: ImportProgress) => tellProgress(registry, own, one)
const longSilent = () => sql`UPDATE imports SET "toldAt" = now() - interval '1 minute'`.execute(registry)

test('an import is running while it says so, and interrupted when nothing was heard of it', async () => {
  await tell(progress('a'))
  expect(await progressOf(registry, own, 'a')).toEqual(progress('a'))
  await longSilent()
  expect(await progressOf(registry, own, 'a')).toEqual({ ...progress('a'), state: 'interrupted' })
  await tell(progress('a', { written: 5, lastRow: 7 }))
  expect(await progressOf(registry, own, 'a')).toMatchObject({ state: 'running', written: 5, lastRow: 7 })
})

test.each(['done', 'failed'] as const)('one that is %s stays so, however long ago', async (state) => {
  await tell(progress('b', { state, written: 10, lastRow: 12 }))
  await longSilent()
  expect(await progressOf(registry, own, 'b')).toMatchObject({ state, written: 10 })
})

test('only the newest is told of, to its own provider', async () => {
  await tell(progress('c'))
  await tell(progress('d'))
  expect(await progressOf(registry, own, 'c')).toBeUndefined()
  expect(await progressOf(registry, own, 'd')).toBeDefined()
  expect(await progressOf(registry, other, 'd')).toBeUndefined()
  expect(await progressOf(registry, own, 'd\0')).toBeUndefined()
})
