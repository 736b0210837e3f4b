import { Kysely, sql } from 'kysely'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbedded, type EventStore } from './connect.ts'
import { ClickHouseDialect } from './dialect.ts'
import type { EventTables } from './tables.ts'

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-dialect-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

const hostile = "x' OR 1=1; DROP TABLE checkout_events --\\"
const asked = (db: EventStore['db']) =>
  db
    .selectFrom('checkout_events')
    .select('id')
    .where('merchantNo', '=', hostile)
    .where('terminalNo', 'in', ['10000001', '10000002'])
    .where('time', '>', -5)
    .where('asksHuabei', '=', true)
    .compile()

test('a server is given every value as a typed parameter', () => {
  const db = new Kysely<EventTables>({ dialect: new ClickHouseDialect(() => Promise.resolve([])) })
  const { sql: text, parameters } = asked(db)
  expect(text).toBe(
    'select `id` from `checkout_events` where `merchantNo` = {p1:String} and `terminalNo` in ({p2:String}, {p3:String}) and `time` > {p4:Int64} and `asksHuabei` = {p5:Bool}',
  )
  expect(parameters).toEqual([hostile, '10000001', '10000002', -5, true])
})

test('the embedded engine is given what is plainly harmless as a literal, and the rest as a typed parameter', () => {
  const { sql: text, parameters } = asked(store.db)
  expect(text).toBe(
    "select `id` from `checkout_events` where `merchantNo` = {p1:String} and `terminalNo` in ('10000001', '10000002') and `time` > toInt64(-5) and `asksHuabei` = true",
  )
  expect(parameters).toEqual([hostile])
})

test('no text is written out but of letters, digits, and what ends nothing', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('a', ' ', "'", '\\', 'é') }))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (several) => {
      const { sql: statement, parameters } = sql`SELECT ${several}`.compile(store.db)
      const isHarmless = several.every((each) => /^[A-Za-z0-9_ .:-]*$/.test(each))
      expect(parameters).toEqual(isHarmless ? [] : [several])
      expect(statement).toBe(isHarmless ? `SELECT ['${several.join("', '")}']` : 'SELECT {p1:Array(String)}')
    }),
  )
})

test('a literal has the type that a parameter would have', async () => {
  const values = ['text', ['a', 'b'], 5, -5, Number.MAX_SAFE_INTEGER, [1, 2], 0.5, [0.5, 2], true, [true], 7n]
  const { rows } = await sql<{ types: string[] }>`
    SELECT [${sql.join(values.map((value) => sql`toTypeName(${value})`))}] AS types`.execute(store.db)
  expect(rows[0]?.types).toEqual(
    ['String', 'Array(String)', 'Int64', 'Int64', 'Int64', 'Array(Int64)', 'Float64', 'Array(Float64)', 'Bool'].concat([
      'Array(Bool)',
      'Int64',
    ]),
  )
})

test('a statement that takes long keeps no other waiting, values or not', async () => {
  const endless = sql`SELECT max(sipHash64(number, ${'endless'})) FROM numbers(1000000000000)`
  const ended = expect(endless.execute(store.db)).rejects.toThrow(/cancelled|killed/)
  const { rows } = await sql<{ one: number }>`SELECT ${1} AS one, ${'x'} AS x`.execute(store.db)
  expect(rows).toEqual([{ one: 1, x: 'x' }])
  await sql`KILL QUERY WHERE position(query, 'endless') > 0 AND position(query, 'KILL') = 0 ASYNC`.execute(store.db)
  await ended
}, 20_000)

test('whatever text is bound comes back as it was', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom("'", '"', '`', '\\', '\n', '\t', '\0', '{', '}', ';', '-', 'p', '1', ':', ' ') }),
  )
  await fc.assert(
    fc.asyncProperty(text, fc.array(text, { minLength: 1, maxLength: 4 }), async (one, several) => {
      const { rows } = await sql<{
        one: string
        several: string[]
      }>`SELECT ${one} AS one, ${several} AS several`.execute(store.db)
      expect(rows).toEqual([{ one, several }])
    }),
    { numRuns: 200 },
  )
})

test('a statement may name ten thousand merchants', async () => {
  const merchants = Array.from({ length: 10_000 }, (_, i) => `8985840581${String(i).padStart(5, '0')}`)
  const { rows } = await sql<{ found: number }>`SELECT has(${merchants}, ${merchants.at(-1)}) AS found`.execute(
    store.db,
  )
  expect(rows).toEqual([{ found: 1 }])
})

test('numbers keep every digit up to 2^53', async () => {
  const { rows } = await sql<{ n: number }>`SELECT ${Number.MAX_SAFE_INTEGER} AS n`.execute(store.db)
  expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }])
})

test('a hostile name or literal stays a name or a literal', async () => {
  const name = 'a`b\\` FROM system.one; --'
  const literal = "it's \\' 1; --"
  const query = sql<Record<string, string>>`SELECT ${sql.lit(literal)} AS ${sql.ref(name.replaceAll('.', '_'))}`
  const { rows } = await query.execute(store.db)
  expect(rows).toEqual([{ [name.replaceAll('.', '_')]: literal }])
})

test('what has no ClickHouse type is refused before it is sent', () => {
  expect(() => sql`SELECT ${null}`.compile(store.db)).toThrow('no ClickHouse type')
  expect(() => sql`SELECT ${{ a: 1 }}`.compile(store.db)).toThrow('no ClickHouse type')
})
