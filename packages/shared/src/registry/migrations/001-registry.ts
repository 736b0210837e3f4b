import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('providers')
    .addColumn('providerId', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('sharedTokens', 'boolean', (c) => c.notNull())
    .addColumn('createdAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .execute()

  await db.schema
    .createTable('merchants')
    .addColumn('merchantNo', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('providerId', 'text', (c) => c.notNull().references('providers.providerId'))
    .addColumn('mcc', 'text', (c) => c.notNull())
    .addColumn('region', 'text', (c) => c.notNull())
    .addColumn('timeZone', 'text', (c) => c.notNull())
    .addColumn('hasEvents', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('createdAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .execute()
  await db.schema.createIndex('merchantsOfProvider').on('merchants').column('providerId').execute()

  await db.schema
    .createTable('terminals')
    .addColumn('merchantNo', 'text', (c) => c.notNull().references('merchants.merchantNo'))
    .addColumn('terminalNo', 'text', (c) => c.notNull())
    .addColumn('serialNo', 'text')
    .addColumn('deviceType', 'text')
    .addColumn('vendor', 'text')
    .addColumn('model', 'text')
    .addColumn('firmware', 'text')
    .addColumn('retiredOn', 'text')
    .addColumn('createdAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint('terminalOfMerchant', ['merchantNo', 'terminalNo'])
    .execute()

  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('providerId', 'text', (c) => c.references('providers.providerId'))
    .addColumn('merchantNo', 'text', (c) => c.references('merchants.merchantNo'))
    .addColumn('terminalNo', 'text')
    .addColumn('createdAt', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn('lastUsedAt', 'timestamptz')
    .execute()

  await db.schema
    .createTable('codes')
    .addColumn('providerId', 'text', (c) => c.notNull().references('providers.providerId'))
    .addColumn('system', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('codeOfProvider', ['providerId', 'system', 'value'])
    .execute()
}
