/** The ClickHouse store by URL, through the gateway: what goes over the wire arrives, and what is wrong is told. */

import { roll } from '@tillsight/shared/rollup/roll.ts'
import { dayMs, touchedSince } from '@tillsight/shared/rollup/touched.ts'
import { connectServer, type EventStore } from '@tillsight/shared/store/connect.ts'
import type { CheckoutEventRow } from '@tillsight/shared/store/tables.ts'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { startGateway } from '../support/clickhouse-gateway.ts'
import type { TestProcess } from '../support/process.ts'

let dir: string
let gateway: TestProcess & { url: string }
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-gateway-'))
  gateway = await startGateway(dir)
  store = await connectServer(gateway.url)
})
afterAll(async () => {
  await store.close()
  await gateway.kill('SIGTERM')
  await rm(dir, { recursive: true, force: true })
})

test('whatever is bound comes back as it was', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('🧧', ...'\'"`\\\n\r\t\0\b\f{}[](),;-:p1 N&=%+#'.split('')) }),
  )
  const whole = fc.maxSafeInteger()
  await fc.assert(
    fc.asyncProperty(
      fc.record({ one: text, several: fc.array(text, { minLength: 1, maxLength: 4 }), flag: fc.boolean(), whole }),
      async ({ one, several, flag, whole }) => {
        const numbers = [whole, -whole - 1]
        const bound = { one, several, flag, numbers }
        const query = store.db.selectNoFrom((eb) => [
          eb.val(one).as('one'),
          eb.val(several).as('several'),
          eb.val(flag).as('flag'),
          eb.val(numbers).as('numbers'),
        ])
        expect(await query.execute()).toEqual([bound])
      },
    ),
    { numRuns: 100, endOnFailure: true },
  )
})

test('what the engine refuses is told with its code and type', async () => {
  const nowhere = 'nowhere' as 'readiness'
  await expect(store.db.selectFrom(nowhere).select('probe').execute()).rejects.toMatchObject({
    code: '60',
    type: 'UNKNOWN_TABLE',
    message: expect.stringContaining('nowhere') as string,
  })
  const unknown = store.db.selectNoFrom((eb) => eb.fn('soundsLike', []).as('it'))
  await expect(unknown.execute()).rejects.toMatchObject({ code: '46', type: 'UNKNOWN_FUNCTION' })
})

test('a value that is too long for a server as it comes is refused here too', async () => {
  const longest = 'x'.repeat(131_072)
  const lengthOf = (text: string) =>
    store.db.selectNoFrom((eb) => eb.fn('toUInt32', [eb.fn('length', [eb.val(text)])]).as('n')).execute()
  await expect(lengthOf(longest)).resolves.toEqual([{ n: 131_072 }])
  await expect(lengthOf(`${longest}x`)).rejects.toMatchObject({ type: 'POCO_EXCEPTION' })
})

test('the store works again, with all that was committed, once its server is back', async () => {
  const probe = () => store.db.selectFrom('readiness').selectAll().execute()
  await store.insert('readiness', [{ probe: 7, checkedAt: 1 }])
  await gateway.kill('SIGKILL')
  await expect(store.insert('readiness', [{ probe: 8, checkedAt: 1 }])).rejects.toThrow('ECONNREFUSED')
  await expect(probe()).rejects.toThrow('ECONNREFUSED')
  gateway = await startGateway(dir, Number(new URL(gateway.url).port))
  expect(await probe()).toEqual([{ probe: 7, checkedAt: 1 }])
})

test('what arrives is rolled up, though one statement finds nothing that another left behind', async () => {
  const day = Math.floor(Date.now() / dayMs) - 1
  const sale = (checkoutId: string, receivedAt: number): CheckoutEventRow => ({
    ...{
      merchantNo: '898000000000001',
      day,
      checkoutId,
      time: day * dayMs,
      id: checkoutId,
      body: '{}',
    },
    ...{ terminalNo: '10000001', kind: 'succeeded', attempt: 1, amount: 100, method: 'CASH', asksHuabei: false },
    ...{ paidByHuabei: false, codeSystem: '', codeValue: '', channelDisabled: false, token: 'a', ageBand: '' },
    ...{ returning: '', sequence: '-1', receivedAt },
  })
  const rolled = async () =>
    (await sql`SELECT sum(length(checkout)) AS checkouts FROM rolled_checkouts FINAL`.execute(store.db)).rows
  for (const [i, since] of [1, 10].entries()) {
    await store.insert('checkout_events', [sale(`c${i}`, since)])
    const touched = await touchedSince(store, sql<boolean>`true`, sql<number>`${since}`)
    await roll(store, touched, () => since + 1, { since })
    expect(await rolled()).toEqual([{ checkouts: i + 1 }])
  }
})
