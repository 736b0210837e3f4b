/**
 * New data directories that have an empty registry already. Making one takes Postgres three seconds, which are most of what many
 * a test would take; those that are about a first start begin without.
 */

import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const madeOf = [
  'node_modules/@electric-sql/pglite/package.json',
  'packages/shared/src/registry/**/*.ts',
  'test/support/data-dir.ts',
]

/** As `npm start` leaves it behind after a first start, but without a key. */
export async function newDataDir(prefix = 'tillsight-test-'): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), prefix))
  await addRegistry(dataDir)
  return dataDir
}

/** Synchronously, since a thousand small files one promise at a time take six times as long. */
export async function addRegistry(dataDir: string): Promise<void> {
  cpSync(await emptyRegistry(), join(dataDir, 'postgres'), { recursive: true })
}

/** One for each state of the sources; kept beside the packages, so that a later run finds it. */
async function emptyRegistry(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of globSync(madeOf, { cwd: root }).sort()) hash.update(readFileSync(join(root, file)))
  const place = join(root, 'node_modules/.cache/tillsight', hash.digest('hex').slice(0, 16))
  if (existsSync(place)) return place
  await mkdir(join(place, '..'), { recursive: true })
  const making = await mkdtemp(`${place}-`)
  // Loaded here: mostly there is one already.
  const [{ connectEmbeddedRegistry }, { sql }] = await Promise.all([
    import('@tillsight/shared/registry/connect.ts'),
    import('kysely'),
  ])
  const registry = await connectEmbeddedRegistry(making)
  // Other databases are made from these two, which nobody does here: they are six of ten files to be copied for each test.
  for (const template of ['template0', 'template1']) {
    await sql`UPDATE pg_database SET datistemplate = false, datallowconn = true WHERE datname = ${template}`.execute(
      registry,
    )
    await sql`DROP DATABASE ${sql.id(template)}`.execute(registry)
  }
  await registry.destroy()
  // Somebody else may have been faster; then theirs is as good.
  await rename(making, place).catch(() => rm(making, { recursive: true, force: true }))
  return place
}
