import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import type { EventStore } from '../store/connect.ts'
import { ClickHouseDialect } from '../store/dialect.ts'
import { RollupJob } from './job.ts'

test('once a round finds that nothing arrived, figures hold what is committed again', async () => {
  const db = new Kysely({ dialect: new ClickHouseDialect(() => Promise.resolve([])) })
  const rollup = { rolledTo: 1, settlesWithinMs: 0, isCurrent: () => false, isBusy: false }
  const arrivals = { settledTo: 2, isIdle: true, taken: 0 }
  const job = new RollupJob({ db, rollup } as unknown as EventStore, arrivals)
  await job.round()
  rollup.isBusy = true
  arrivals.settledTo = 3
  await job.round()
  expect(rollup).toMatchObject({ rolledTo: 3, isBusy: false })
  expect(rollup.isCurrent()).toBe(true)
})
