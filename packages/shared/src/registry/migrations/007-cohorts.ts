import { sql, type Kysely } from 'kysely'

/** Peers, those with the same MCC in the same city, are found without reading all merchants. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX "merchantsOfCohort" ON merchants (mcc, left(region, 4))`.execute(db)
}
