/** What is left of an import when the process that wrote it is gone, on a real Postgres. */

import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbeddedRegistry, type Registry } from './connect.ts'
import { progressOf, tellProgress, type ImportProgress, type RefusedRow } from './import-progress.ts'
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
const tell = (one: ImportProgress, refused?: readonly RefusedRow[]) => tellProgress(registry, own, one, refused)
const refusedRow = (row: number, name = 'Shop'): RefusedRow => ({
  ...{ row, cells: { kind: 'merchant', name }, pointer: '/mcc', problem: 'form', otherRow: null },
})
const longSilent = () => sql`UPDATE imports SET "toldAt" = now() - interval '1 minute'`.execute(registry)

test('an import is running while it says so, and interrupted when nothing was heard of it', async () => {
  await tell(progress('a'))
  expect(await progressOf(registry, own, 'a')).toEqual({ ...progress('a'), refused: [] })
  await longSilent()
  expect(await progressOf(registry, own, 'a')).toEqual({ ...progress('a'), state: 'interrupted', refused: [] })
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

test('refused rows stay, whatever is in their cells, until others are told', async () => {
  const refused = [refusedRow(2), refusedRow(7, '\0 \uD800 "x"')]
  await tell(progress('e'), refused)
  await tell(progress('e', { state: 'done' }))
  expect((await progressOf(registry, own, 'e'))?.refused).toEqual(refused)
  await tell(progress('f'), [])
  expect((await progressOf(registry, own, 'f'))?.refused).toEqual([])
})

test('of very many refused rows the first are kept', async () => {
  await tell(
    progress('g'),
    Array.from({ length: 100 }, (_, i) => refusedRow(i, 'x'.repeat(100_000))),
  )
  const rows = (await progressOf(registry, own, 'g'))?.refused.map(({ row }) => row) ?? []
  expect(rows).toEqual(rows.map((_, i) => i))
  expect([rows.length > 10, rows.length < 100]).toEqual([true, true])
})
