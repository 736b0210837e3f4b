/** The Postgres store: embedded in this process (PGlite), or a server by URL. */

import { Kysely, PGliteDialect, PostgresDialect, type Dialect } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import pg from 'pg'
import { openEmbedded } from './embedded.ts'
import * as registry from './migrations/001-registry.ts'
import * as phones from './migrations/002-phones.ts'
import * as declarations from './migrations/003-declarations.ts'
import * as codeChanges from './migrations/004-code-changes.ts'
import * as imports from './migrations/005-imports.ts'
import * as refusedRows from './migrations/006-refused-rows.ts'
import * as cohorts from './migrations/007-cohorts.ts'
import type { RegistryTables } from './tables.ts'

export type Registry = Kysely<RegistryTables>

const migrations: Record<string, Migration> = {
  '001-registry': registry,
  '002-phones': phones,
  '003-declarations': declarations,
  '004-code-changes': codeChanges,
  '005-imports': imports,
  '006-refused-rows': refusedRows,
  '007-cohorts': cohorts,
}

export async function connectEmbeddedRegistry(path: string): Promise<Registry> {
  return migrated(new PGliteDialect({ pglite: await openEmbedded(path) }))
}

export function connectRegistryServer(connectionString: string): Promise<Registry> {
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    connectionTimeoutMillis: 5_000,
    // Of the client, not of the server: a server that hangs keeps no time.
    query_timeout: 10_000,
    keepAlive: true,
  })
  // An idle connection that the server closes is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  return migrated(new PostgresDialect({ pool }))
}

async function migrated(dialect: Dialect): Promise<Registry> {
  const db = new Kysely<RegistryTables>({ dialect })
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw new Error('the registry could not be migrated', { cause: error })
  return db
}
