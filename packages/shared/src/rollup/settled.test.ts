import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import type { Tenant } from '../registry/scope.ts'
import type { EventStore, RollupProgress } from '../store/connect.ts'
import { ClickHouseDialect } from '../store/dialect.ts'
import { settledFor } from './settled.ts'

const tenant = { merchantNo: '898584058120001', providerId: 'p1' } as Tenant
const touched = { merchantNo: tenant.merchantNo, days: [20_758], events: 1 }

/** A store in which a day was touched since the rollup; `asked` says whether somebody looked. */
function storeThatIs(progress: Partial<RollupProgress>) {
  const looked = { asked: false }
  const db = new Kysely({
    dialect: new ClickHouseDialect(() => {
      looked.asked = true
      return Promise.resolve([touched])
    }),
  })
  const rollup = { rolledTo: Date.now(), settlesWithinMs: 0, isCurrent: () => false, isBusy: false, ...progress }
  return { looked, store: { db, rollup } as unknown as EventStore }
}

test('where much arrives, a figure that may lag is as old as the rollup, says so, and looks for nothing', async () => {
  const rolledTo = Date.now() - 900
  const { store, looked } = storeThatIs({ rolledTo, isBusy: true })
  expect(await settledFor(store, [tenant], 1_000)).toEqual({ asOf: rolledTo, touched: new Map() })
  expect(looked.asked).toBe(false)
})

test.each([
  ['the rollup is older than the figure may be', { isBusy: true, rolledTo: Date.now() - 60_000 }, 40_000],
  ['the figure may not lag', { isBusy: true, rolledTo: Date.now() - 900 }, 0],
  ['little arrives', { isBusy: false }, 40_000],
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
