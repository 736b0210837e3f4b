/**
 * PostgreSQL beside us, as a good engineer would set it up without rollups: one row for each derived checkout, numbers for keys,
 * and an index that holds all that a figure reads, so that no figure touches the table. What terminals sold last and when they
 * were first seen is kept up to date beside it, and counts as given.
 */

import { groupOf, keyOf, knownCodes, reasons } from '@tillsight/shared/events/reasons.ts'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { shops } from './books.ts'
import { checkoutColumns, exported } from './export.ts'
import { codes } from './generated-events.ts'

const schema = `
  CREATE TABLE merchants (merchant int PRIMARY KEY, merchant_no text NOT NULL UNIQUE, provider text NOT NULL, cohort text NOT NULL);
  CREATE INDEX ON merchants (provider);
  CREATE TABLE terminals (terminal int PRIMARY KEY, merchant int NOT NULL, first_seen bigint NOT NULL, newest_sale bigint NOT NULL);
  CREATE INDEX ON terminals (merchant);
  CREATE TABLE codes (code smallint PRIMARY KEY, reason text NOT NULL);
  CREATE TABLE own_codes (provider text, code smallint, reason text NOT NULL, PRIMARY KEY (provider, code));
  CREATE TABLE reasons (reason text PRIMARY KEY, unsupported boolean NOT NULL);
  CREATE TABLE causes (terminal int, declared_from bigint, cause text NOT NULL, PRIMARY KEY (terminal, declared_from));
  CREATE TABLE checkouts (merchant int NOT NULL, at bigint NOT NULL, asked boolean NOT NULL, a bigint NOT NULL,
    first_amount bigint NOT NULL, terminal int NOT NULL, state smallint NOT NULL, refused boolean NOT NULL,
    code smallint NOT NULL, channel_disabled boolean NOT NULL, reason_terminal int NOT NULL, reason_at bigint NOT NULL,
    result smallint NOT NULL, paid bigint NOT NULL, customer bigint NOT NULL, age_band smallint NOT NULL,
    visitor smallint NOT NULL, paid_at bigint[] NOT NULL);`

const indexes = `
  CREATE INDEX ON checkouts (merchant, at) INCLUDE (asked, a, first_amount, terminal, state, refused, code, channel_disabled,
    reason_terminal, reason_at, result, paid, customer, age_band, visitor);
  CREATE INDEX ON checkouts (merchant, at) INCLUDE (customer, paid_at) WHERE customer <> 0;
  CREATE INDEX ON checkouts (merchant, terminal, at) WHERE state = 1;
  CREATE INDEX ON checkouts (merchant, at) INCLUDE (a, terminal, refused, code, channel_disabled, reason_terminal, reason_at)
    WHERE state = 3;`

/** For each session: memory enough for every sort, and pages that lie in memory. */
const session = `SET work_mem = '256MB'; SET random_page_cost = 1.1; SET effective_cache_size = '4GB'`

export async function connectPostgres(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(session)
  return client
}

/** @returns the bytes of the checkouts with their indexes. */
export async function loadPostgres(client: pg.Client, directory: string): Promise<number> {
  await client.query(schema)
  const insert = (table: string, rows: readonly (readonly unknown[])[]) =>
    client.query(
      `INSERT INTO ${table} VALUES ${rows.map((row, i) => `(${row.map((_, n) => `$${i * row.length + n + 1}`).join()})`).join()}`,
      rows.flat(),
    )
  await insert(
    'merchants',
    shops.map(({ rank, merchantNo, providerId, mcc, region }) => [
      rank,
      merchantNo,
      providerId,
      `${mcc} ${region.slice(0, 4)}`,
    ]),
  )
  await insert(
    'codes',
    codes.map(([system, value], i) => [i, knownCodes.get(keyOf(system, value)) ?? 'UNMAPPED']),
  )
  await insert(
    'reasons',
    reasons.map((reason) => [reason, groupOf(reason) === 'unsupported']),
  )
  const copy = (table: 'checkouts' | 'terminals' | 'causes', columns = '') =>
    pipeline(
      createReadStream(exported(directory, table)),
      client.query(copyFrom(`COPY ${table} ${columns} FROM STDIN`)),
    )
  await copy('checkouts', `(${checkoutColumns.join()})`)
  await copy('terminals')
  await copy('causes')
  await client.query(`SET maintenance_work_mem = '1GB'`)
  await client.query(indexes)
  for (const table of ['checkouts', 'terminals', 'causes', 'merchants', 'codes', 'own_codes', 'reasons'])
    await client.query(`VACUUM (ANALYZE) ${table}`)
  const { rows } = await client.query<{ bytes: string }>(`SELECT pg_total_relation_size('checkouts') AS bytes`)
  return Number(rows[0]?.bytes)
}
