import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('phoneSetups')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('merchantNo', 'text', (c) => c.notNull().references('merchants.merchantNo'))
    .addColumn('expiresAt', 'timestamptz', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('phones')
    .addColumn('merchantNo', 'text', (c) => c.notNull())
    .addColumn('terminalNo', 'text', (c) => c.notNull())
    .addColumn('device', 'text', (c) => c.notNull())
    .addColumn('keyHash', 'text', (c) => c.notNull().unique())
    .addColumn('setUpAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint('phoneOfMerchant', ['merchantNo', 'terminalNo'])
    .addForeignKeyConstraint('phoneIsTerminal', ['merchantNo', 'terminalNo'], 'terminals', ['merchantNo', 'terminalNo'])
    .execute()
}
