import { sql, type Kysely } from 'kysely'

/** Who changed an own code, when, from what to what. Kept for good: keys and codes may be gone by then. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('codeChanges')
    .addColumn('id', 'bigserial', (c) => c.primaryKey())
    .addColumn('providerId', 'text', (c) => c.notNull().references('providers.providerId'))
    .addColumn('system', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('keyId', 'text', (c) => c.notNull())
    .addColumn('changedAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .execute()
  await db.schema.createIndex('codeChangesOfProvider').on('codeChanges').columns(['providerId', 'id']).execute()
}
