/** Brings the ClickHouse tables up to date: every migrations/NNN_*.sql that was not applied yet, in order of its number. */

import type { ClickHouseClient } from '@clickhouse/client'
import { readdir, readFile } from 'node:fs/promises'

const folder = new URL('migrations/', import.meta.url)

/**
 * @param beforeEach throws where a migration had better not begin.
 * @returns whether anything was changed.
 */
export async function migrate(client: ClickHouseClient, beforeEach: () => void = () => {}): Promise<boolean> {
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS migrations (name String, appliedAt DateTime DEFAULT now())
            ENGINE = ReplacingMergeTree ORDER BY name`,
  })
  const applied = await appliedTo(client)
  const names = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const missing = names.filter((name) => !applied.has(name))
  for (const name of missing) {
    beforeEach()
    try {
      for (const statement of statementsOf(await readFile(new URL(name, folder), 'utf8'))) {
        await client.command({ query: statement })
      }
    } catch (error) {
      // Another replica that starts too may be further on, and have taken away what this one builds on: then this is done.
      if (!(await appliedTo(client)).has(name)) throw error
      continue
    }
    await client.insert({ table: 'migrations', columns: ['name'], values: [{ name }], format: 'JSONEachRow' })
  }
  return missing.length > 0
}

async function appliedTo(client: ClickHouseClient): Promise<Set<string>> {
  const result = await client.query({ query: 'SELECT name FROM migrations', format: 'JSONEachRow' })
  return new Set((await result.json<{ name: string }>()).map(({ name }) => name))
}

/** Statements end with a semicolon at the end of a line; statements are idempotent, so a half-done file is run again. */
export const statementsOf = (file: string): string[] =>
  file
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
