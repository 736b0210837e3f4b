import { Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Tenant } from '../registry/scope.ts'
import type { EventStore, RollupProgress } from '../store/connect.ts'
import { ClickHouseDialect } from '../store/dialect.ts'
import { settledFor } from './settled.ts'

const tenant = { merchantNo: '898584058120001', providerId: 'p1' } as Tenant
const touched = { merchantNo: tenant.merchantNo, days: [20_758], events: 1 }

/** A store in which a day was touched since the rollup; `asked` says whether somebody waited for what is committed, and looked. */
function storeThatIs(progress: Partial<RollupProgress>) {
  const looked = { asked: false }
  const db = new Kysely({
    dialect: new ClickHouseDialect(() => {
      looked.asked = true
      return Promise.resolve([touched])
    }),
  })
  const inserted = new Kysely({ dialect: new ClickHouseDialect(() => Promise.resolve([{ found: 1 }])) })
  const rollup = { rolledTo: Date.now(), settlesWithinMs: 0, isCurrent: () => false, isBusy: false, ...progress }
  return { looked, store: { db, inserted, inserts: 0, rollup } as unknown as EventStore }
}

test('where much arrives, a figure that may lag is as old as the rollup, says so, and looks for nothing', async () => {
  const rolledTo = Date.now() - 900
  const { store, looked } = storeThatIs({ rolledTo, isBusy: true })
  const settled = await settledFor(store, [tenant], 1_000)
  expect(settled).toMatchObject({ asOf: rolledTo, touched: new Map() })
  expect((await sql`SELECT 1`.execute(settled.reader.db)).rows).toEqual([{ found: 1 }])
  expect(looked.asked).toBe(false)
})

test('what is known of a shop is remembered until the next round of the rollup, whatever is inserted meanwhile', async () => {
  const rolledTo = Date.now() - 900
  const { store } = storeThatIs({ rolledTo, isBusy: true })
  const { reader } = await settledFor(store, [tenant], 1_000)
  Object.assign(store, { inserts: 1 })
  const again = await settledFor(store, [tenant], 1_000)
  expect([again.reader === reader, again.reader.inserts]).toEqual([true, reader.inserts])
  store.rollup.rolledTo = rolledTo + 1
  expect((await settledFor(store, [tenant], 1_000)).reader).not.toBe(reader)
})

test.each([
  ['the rollup is older than the figure may be', { isBusy: true, rolledTo: Date.now() - 60_000 }, 40_000],
  ['the figure may not lag', { isBusy: true, rolledTo: Date.now() - 900 }, 0],
  ['little arrives', { isBusy: false }, 40_000],
  ['the clock was put back', { isBusy: true, rolledTo: Date.now() + 60_000 }, 40_000],
])('a figure holds all that is committed where %s', async (_where, progress, mayLag) => {
  const before = Date.now()
  const { store } = storeThatIs(progress)
  const settled = await settledFor(store, [tenant], mayLag)
  expect(settled.asOf).toBeGreaterThanOrEqual(before)
  expect(settled.touched).toEqual(new Map([[tenant.merchantNo, { days: touched.days, events: 1 }]]))
})

test('nothing is looked for where nothing arrived since', async () => {
  const { store, looked } = storeThatIs({ isCurrent: () => true })
  expect((await settledFor(store, [tenant], 0)).touched).toEqual(new Map())
  expect(looked.asked).toBe(false)
})

test('everything is derived before anything was rolled up', async () => {
  const { store } = storeThatIs({ rolledTo: 0, isCurrent: () => true })
  expect((await settledFor(store, [tenant], 1_000)).touched).toBe('everything')
})
