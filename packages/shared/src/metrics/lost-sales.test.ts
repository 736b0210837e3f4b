import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import type { MerchantScope } from '../registry/scope.ts'
import { ClickHouseDialect } from '../store/dialect.ts'
import type { EventTables } from '../store/tables.ts'
import { intervalsOf, spanOf } from './intervals.ts'
import { bucketOf, lostSalesBasis } from './lost-sales.ts'
import { alikeQuery } from './outcome-figures.ts'

test('the SQL that runs is the SQL that was reviewed', async () => {
  const db = new Kysely<EventTables>({ dialect: new ClickHouseDialect(() => Promise.resolve([])) })
  const merchant = { merchantNo: '898584058120001', providerId: 'p1', timeZone: 'Asia/Shanghai' } as MerchantScope
  const range = { from: '2026-11-01', to: '2026-11-02' }
  const intervals = intervalsOf(range, merchant.timeZone, 'day')
  // A day that events touched since it was rolled up, beside one that is as it was.
  const touched = new Map([[merchant.merchantNo, { days: [20_758], events: 1 }]])
  const question = {
    tenants: [merchant],
    span: spanOf(range, 'Asia/Shanghai'),
    ownCodes: new Map(),
    now: Date.UTC(2026, 10, 3),
    settled: { asOf: 0, touched, reader: { db, inserts: 0 } },
  }
  const compiled = alikeQuery(question, bucketOf(intervals)).compile(db)
  const parameters = compiled.parameters.map((value, i) => `-- p${i + 1} = ${JSON.stringify(value)}`)
  await expect(`${parameters.join('\n')}\n${compiled.sql}\n`).toMatchFileSnapshot('lost-sales.sql')
})

test('every figure says what it is', () => {
  expect(lostSalesBasis).toMatchObject({
    'netLost.amount': 'observed',
    'netLost.low': 'bound',
    'netLost.high': 'bound',
    'outcomes.downsized.paid': 'observed',
    'abandonmentRate.low': 'estimate',
  })
  expect(new Set(Object.values(lostSalesBasis))).toEqual(new Set(['observed', 'bound', 'estimate']))
})
