import type { Kysely } from 'kysely'

/** The refused rows of a provider's newest import. As text, for a cell may hold what no `jsonb` can. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('imports')
    .addColumn('refused', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute()
}
