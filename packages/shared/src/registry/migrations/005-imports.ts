import { sql, type Kysely } from 'kysely'

/** How far a provider's newest import came: what is left of it when the process that wrote it is gone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('imports')
    .addColumn('providerId', 'text', (c) => c.primaryKey().references('providers.providerId'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('file', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('toWrite', 'integer', (c) => c.notNull())
    .addColumn('written', 'integer', (c) => c.notNull())
    .addColumn('lastRow', 'integer', (c) => c.notNull())
    .addColumn('refusals', 'integer', (c) => c.notNull())
    .addColumn('toldAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .execute()
}
