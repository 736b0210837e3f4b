import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('declarations')
    .addColumn('merchantNo', 'text', (c) => c.notNull().references('merchants.merchantNo'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('declaredAt', 'timestamptz', (c) => c.notNull())
    .addColumn('keyId', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('declarationOfMerchant', ['merchantNo', 'id'])
    .execute()
}
