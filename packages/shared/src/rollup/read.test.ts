import { Kysely, type RawBuilder } from 'kysely'
import { expect, test } from 'vitest'
import type { MerchantScope } from '../registry/scope.ts'
import { ClickHouseDialect } from '../store/dialect.ts'
import type { EventTables } from '../store/tables.ts'
import { settledCheckouts, terminalsSeen } from './read.ts'

const dayMs = 86_400_000
const own = { merchantNo: 'own', providerId: 'p1', timeZone: 'Asia/Shanghai' } as MerchantScope
const span = { from: 20_000 * dayMs, to: 20_010 * dayMs }
const touched = new Map(['own', 'peer'].map((merchantNo) => [merchantNo, { days: [20_005], events: 1 }]))

const db = new Kysely<EventTables>({ dialect: new ClickHouseDialect(() => Promise.resolve([])) })
const parametersOf = (query: RawBuilder<unknown>) => JSON.stringify(query.compile(db).parameters)

test('a question of one merchant reads nothing of another, though days of both are known to be touched', () => {
  const question = { tenants: [own], span, settled: { asOf: 0, touched, reader: { db, inserts: 0 } } }
  for (const query of [settledCheckouts(question, ['a']), terminalsSeen(question, span.from)]) {
    expect(parametersOf(query)).toContain('own 20005')
    expect(parametersOf(query)).not.toContain('peer')
  }
})
