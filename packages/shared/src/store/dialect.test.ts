import { sql } from 'kysely'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbedded, type EventStore } from './connect.ts'

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-dialect-'))
  store = await connectEmbedded(dir)
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

test('a value is bound on the server as a typed parameter, never pasted into the statement', () => {
  const hostile = "x' OR 1=1; DROP TABLE checkout_events --\\"
  const compiled = store.db
    .selectFrom('checkout_events')
    .select('id')
    .where('merchantNo', '=', hostile)
    .where('time', '>', 5)
    .where('asksHuabei', '=', true)
    .compile()
  expect(compiled.sql).toBe(
    'select `id` from `checkout_events` where `merchantNo` = {p1:String} and `time` > {p2:Int64} and `asksHuabei` = {p3:Bool}',
  )
  expect(compiled.parameters).toEqual([hostile, 5, true])
})

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
