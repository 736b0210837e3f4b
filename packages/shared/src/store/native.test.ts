import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectEmbedded, type EventStore } from './connect.ts'
import { columnsOf, nativeBlock, nativeRows, sliceRows } from './native.ts'
import { nativeColumns, type CheckoutEventRow } from './tables.ts'

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-native-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

/** Short and long, of one byte a character and of several, and with what ends a text elsewhere. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary-ascii', minLength: 40, maxLength: 60 }),
  fc.constantFrom('', '\0', "'", '\\', '\n\n; DROP TABLE checkout_events', '花呗'.repeat(5_000), 'x'.repeat(20_000)),
)

const today = Math.floor(Date.now() / 86_400_000)

const row: fc.Arbitrary<Omit<CheckoutEventRow, 'checkoutId'>> = fc.record({
  merchantNo: fc.constant('898584058120001'),
  // Of two partitions, and not so old that the engine lets go of them.
  day: fc.constantFrom(today, today - 31),
  time: fc.integer({ min: -1_000_000, max: Number.MAX_SAFE_INTEGER }),
  id: text,
  terminalNo: text,
  body: text,
  kind: fc.constantFrom('pending', 'declined', 'succeeded', 'reversed', 'abandoned'),
  attempt: fc.integer({ min: 0, max: 1_000 }),
  amount: fc.oneof(fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 1e11), fc.maxSafeNat()),
  method: text,
  asksHuabei: fc.boolean(),
  paidByHuabei: fc.boolean(),
  codeSystem: text,
  codeValue: text,
  channelDisabled: fc.boolean(),
  token: fc.constant(''),
  ageBand: text,
  returning: fc.constantFrom('', 'new', 'returning'),
  sequence: fc.constantFrom('-1', '0', '999999999999999', '1000000000000000', '9007199254740993', '9'.repeat(18)),
  receivedAt: fc.integer({ min: 0, max: 2_000_000_000_000 }),
})

test('every row that is written is read as it was', async () => {
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (made) => {
      round += 1
      const rows = made.map((one, i): CheckoutEventRow => ({ ...one, checkoutId: `${round}-${i}` }))
      await store.insert('checkout_events', rows)
      const read = await store.db
        .selectFrom('checkout_events')
        .selectAll()
        .where('checkoutId', 'like', `${round}-%`)
        .execute()
      const wanted = rows.map(({ token: _token, day, sequence, ...rest }) => ({
        ...rest,
        day: new Date(day * 86_400_000).toISOString().slice(0, 10),
        sequence: BigInt(sequence),
      }))
      // The engine gives 64-bit numbers as numbers; those past a double's precision are compared as it can give them.
      const found = read.map((one) => ({ ...one, sequence: BigInt(one.sequence) }))
      const exact = (value: bigint) => String(Number(value))
      const inOrder = <T extends { checkoutId: string; sequence: bigint }>(list: T[]) =>
        list
          .map((one) => ({ ...one, sequence: exact(one.sequence) }))
          .sort((a, b) => (a.checkoutId < b.checkoutId ? -1 : 1))
      expect(inOrder(found)).toMatchObject(inOrder(wanted))
      expect(found).toHaveLength(rows.length)
    }),
    { numRuns: 15, endOnFailure: true },
  )
})

test('rows that are taken apart and put together again are the same block', () => {
  const columns = nativeColumns.checkout_events
  const rows = fc.array(row, { maxLength: 12 }).map((made) => made.map((one, i) => ({ ...one, checkoutId: String(i) })))
  fc.assert(
    fc.property(rows, fc.nat(), fc.nat(), (made, a, b) => {
      const whole = nativeRows(columns, made)
      const [from = 0, to = 0] = [a % (made.length + 1), b % (made.length + 1)].sort((x, y) => x - y)
      const cuts = [0, from, to, made.length]
      const parts = cuts.slice(1).map((end, i) => sliceRows(columns, whole, cuts[i] ?? 0, end))
      expect(nativeBlock(columns, parts)).toEqual(nativeBlock(columns, [whole]))
      expect(parts[1]).toEqual(nativeRows(columns, made.slice(from, to)))
    }),
  )
})

test('a sequence of eighteen digits loses none of them', () => {
  const { bytes } = nativeRows(columnsOf({ sequence: 'Int64' }), [{ sequence: '900719925474099312' }])
  expect(bytes.readBigInt64LE()).toBe(900719925474099312n)
})

test('a value outside its enum is an error, not another value', () => {
  expect(() => nativeRows(columnsOf({ kind: { enum: { pending: 1 } } }), [{ kind: 'constructor' }])).toThrow(TypeError)
})
