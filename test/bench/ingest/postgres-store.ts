/** (d)'s store: the same rows into PostgreSQL, in three forms of which the fastest counts. */

import { checkoutEventRow, isReport } from '@tillsight/shared/store/event-log.ts'
import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { CheckoutEventRow } from '@tillsight/shared/store/tables.ts'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'

export const forms = ['values', 'unnest', 'copy'] as const
export type Form = (typeof forms)[number]

const columns = {
  merchantNo: 'text',
  day: 'date',
  checkoutId: 'text',
  time: 'bigint',
  id: 'text',
  terminalNo: 'text',
  body: 'text',
  kind: 'text',
  attempt: 'smallint',
  amount: 'bigint',
  method: 'text',
  asksHuabei: 'boolean',
  paidByHuabei: 'boolean',
  codeSystem: 'text',
  codeValue: 'text',
  channelDisabled: 'boolean',
  token: 'text',
  ageBand: 'text',
  returning: 'text',
  sequence: 'bigint',
  receivedAt: 'bigint',
} as const satisfies Record<keyof CheckoutEventRow, string>

const names = Object.keys(columns) as (keyof CheckoutEventRow)[]
const quoted = (name: string): string => `"${name}"`
/** The token itself is not kept apart from the body here either. */
const stored = names.map((name) => quoted(name === 'token' ? 'customer' : name)).join()
const selected = names
  .map((name) => (name === 'token' ? `CASE token WHEN '' THEN 0 ELSE hashtextextended(token, 0) END` : quoted(name)))
  .join()
const typed = Object.entries(columns).map(([name, type]) => `${quoted(name)} ${type} NOT NULL`)

/** The identity is our log's sorting key. Two events that share all but the body are different ones: its digest stands for it. */
const schema = `
  CREATE TABLE checkout_events (${typed.map((column) => (column.startsWith('"token"') ? 'customer bigint NOT NULL' : column)).join()});
  CREATE UNIQUE INDEX ON checkout_events ("merchantNo", "checkoutId", "time", id, "terminalNo", md5(body));`
const staging = `CREATE TEMPORARY TABLE IF NOT EXISTS arriving (${typed.join()}) ON COMMIT DELETE ROWS`

/** A statement has at most 65,535 parameters. */
const mostRows = Math.floor(65_535 / names.length)

const valueOf = (row: CheckoutEventRow, name: keyof CheckoutEventRow): string | number | boolean =>
  name === 'day' ? new Date(row.time).toISOString().slice(0, 10) : row[name]

const inserts: Record<Form, (client: pg.PoolClient, rows: readonly CheckoutEventRow[]) => Promise<unknown>> = {
  async values(client, rows) {
    for (let first = 0; first < rows.length; first += mostRows) {
      const some = rows.slice(first, first + mostRows)
      await client.query({
        name: `values ${some.length}`,
        text: valuesOf(some.length),
        values: some.flatMap((row) => names.map((name) => valueOf(row, name))),
      })
    }
  },
  unnest: (client, rows) =>
    client.query({ name: 'unnest', text: unnest, values: names.map((name) => rows.map((row) => valueOf(row, name))) }),
  async copy(client, rows) {
    await client.query(`BEGIN; ${staging}`)
    await pipeline(Readable.from([textOf(rows)]), client.query(copyFrom('COPY arriving FROM STDIN')))
    await client.query(
      `INSERT INTO checkout_events (${stored}) SELECT ${selected} FROM arriving ON CONFLICT DO NOTHING; COMMIT`,
    )
  },
}

const unnest = `INSERT INTO checkout_events (${stored}) SELECT ${selected}
  FROM unnest(${Object.values(columns)
    .map((type, i) => `$${i + 1}::${type}[]`)
    .join()}) AS arriving(${names.map(quoted).join()})
  ON CONFLICT DO NOTHING`

const texts = new Map<number, string>()
function valuesOf(rows: number): string {
  let known = texts.get(rows)
  if (known === undefined) {
    const types = Object.values(columns)
    const row = (n: number) => `(${types.map((type, i) => `$${n * types.length + i + 1}::${type}`).join()})`
    known = `INSERT INTO checkout_events (${stored}) SELECT ${selected}
      FROM (VALUES ${Array.from({ length: rows }, (_, n) => row(n)).join()}) AS arriving(${names.map(quoted).join()})
      ON CONFLICT DO NOTHING`
    texts.set(rows, known)
  }
  return known
}

const special = /[\\\n\r\t]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** COPY's text format. */
function textOf(rows: readonly CheckoutEventRow[]): string {
  let text = ''
  for (const row of rows) {
    names.forEach((name, i) => {
      const value = valueOf(row, name)
      text += i === 0 ? '' : '\t'
      text +=
        typeof value === 'string' ? value.replace(special, (character) => escapes[character] ?? '') : String(value)
    })
    text += '\n'
  }
  return text
}

interface Waiting {
  rows: CheckoutEventRow[]
  resolve: (unstorable: readonly number[]) => void
  reject: (error: unknown) => void
}

/** What it is fastest with here, of 1, 2 and 4 connections and of 1,000 to 16,000 rows. */
const lanes = 2
const rowsPerInsert = 4_000

/** Group commit, as the ingest's own, but over more than one connection, which PostgreSQL can use. */
export class PostgresCommitter {
  form: Form = 'unnest'
  readonly #pool: pg.Pool
  #waiting: Waiting[] = []
  #running = 0

  private constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  static async connect(connectionString: string): Promise<PostgresCommitter> {
    const pool = new pg.Pool({ connectionString, max: lanes })
    await pool.query(schema)
    return new PostgresCommitter(pool)
  }

  commit(events: readonly TillEvent[]): Promise<readonly number[]> {
    const rows = events.filter((event) => !isReport(event)).map((event) => checkoutEventRow(event, Date.now()))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject })
      if (this.#running === lanes) return
      this.#running += 1
      void this.#run()
    })
  }

  async stored(): Promise<number> {
    const { rows } = await this.#pool.query<{ count: string }>('SELECT count(*) FROM checkout_events')
    return Number(rows[0]?.count)
  }

  async #run(): Promise<void> {
    const client = await this.#pool.connect()
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup()
      try {
        await inserts[this.form](
          client,
          group.flatMap(({ rows }) => rows),
        )
        for (const { resolve } of group) resolve([])
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    client.release()
    this.#running -= 1
  }

  #nextGroup(): Waiting[] {
    let rows = 0
    const end = this.#waiting.findIndex((entry) => (rows += entry.rows.length) >= rowsPerInsert)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end + 1)
  }
}
