/** Replicas that start together on an empty ClickHouse. */

import { migrate } from '@tillsight/shared/store/migrate.ts'
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>

async function openClient(): Promise<ClickHouseClient> {
  const dir = await mkdtemp(join(tmpdir(), 'tillsight-migrations-'))
  const client = createClient({ connection: createChdbConnection({ path: dir }) as unknown as Connection })
  onTestFinished(async () => {
    await client.close()
    await rm(dir, { recursive: true, force: true })
  })
  return client
}

/** The client, which does something else just before a statement. */
const interrupted = (client: ClickHouseClient, start: string, by: () => Promise<void>): ClickHouseClient =>
  Object.assign(Object.create(client) as ClickHouseClient, {
    command: async (statement: { query: string }) => {
      if (statement.query.includes(start)) await by()
      return client.command(statement)
    },
  })

async function tablesOf(client: ClickHouseClient): Promise<string[]> {
  const query = 'SELECT create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name'
  const result = await client.query({ query, format: 'JSONEachRow' })
  return (await result.json<{ create_table_query: string }>()).map((row) => row.create_table_query)
}

test('a replica that another overtakes while both make the tables starts all the same, with the same tables', async () => {
  const client = await openClient()
  // What the statement builds on is taken away by then.
  await migrate(
    interrupted(client, 'CREATE TABLE IF NOT EXISTS rolled_checkouts', async () => {
      await migrate(client)
    }),
  )
  const tables = await tablesOf(client)
  expect(tables.some((table) => table.includes('rolled_checkouts'))).toBe(true)
  expect(tables.some((table) => table.includes('checkouts_by_day'))).toBe(false)
  await migrate(client)
  expect(await tablesOf(client)).toEqual(tables)
})

test('a statement that fails otherwise ends the start', async () => {
  const client = await openClient()
  const full = () => Promise.reject(new Error('the disk is full'))
  await expect(migrate(interrupted(client, 'terminals_seen', full))).rejects.toThrow('the disk is full')
})
