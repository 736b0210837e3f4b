import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connectEmbedded, type EventStore } from './connect.ts'

async function newStore(): Promise<EventStore> {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const store = await connectEmbedded(join(directory, 'clickhouse'))
  onTestFinished(() => store.close())
  return store
}

test('a statement that would run for hours ends when it is told to, and has written nothing', async () => {
  const store = await newStore()
  const stop = new AbortController()
  const endless = sql`INSERT INTO rollup_progress SELECT 0, max(sipHash64(number)) FROM numbers(1000000000000)`
  const ended = expect(store.execute(endless, stop.signal)).rejects.toThrow(/cancelled|killed/)
  const isRunning = async () =>
    (await sql`SELECT 1 FROM system.processes WHERE query LIKE '/*%INSERT%numbers%'`.execute(store.db)).rows.length
  await expect.poll(isRunning, { timeout: 20_000 }).toBe(1)
  stop.abort()
  await ended
  expect((await sql`SELECT 1 FROM rollup_progress`.execute(store.db)).rows).toEqual([])
})

test('a reader finds what was committed before; who waits for nothing, and statements that write, what was read before', async () => {
  const store = await newStore()
  const newest = sql`SELECT max(checkedAt) AS found FROM readiness`
  await store.insert('readiness', [{ probe: 1, checkedAt: 7 }])
  expect((await newest.execute(store.inserted)).rows).toEqual([{ found: 0 }])
  expect((await newest.execute(store.db)).rows).toEqual([{ found: 7 }])
  expect((await newest.execute(store.inserted)).rows).toEqual([{ found: 7 }])
  await store.execute(sql`INSERT INTO rollup_progress SELECT 0, max(checkedAt) FROM readiness`)
  expect((await sql`SELECT max(rolledTo) AS found FROM rollup_progress`.execute(store.inserted)).rows).toEqual([
    { found: 7 },
  ])
})
