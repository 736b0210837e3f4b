/** Causes that terminals declared of themselves (contract section 6): the one in force where and when a checkout's reason was given. */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { declarableCauses, type DeclarableCause } from '../events/reasons.ts'
import type { MerchantScope, Tenant } from '../registry/scope.ts'
import type { EventReader, EventStore } from '../store/connect.ts'
import { untilInsert } from '../store/until-insert.ts'
import { parsedRows } from './parsed-rows.ts'
import { amongTenants, tenantsKey } from './tenants.ts'

/** Whether a terminal of theirs ever declared one. Mostly none did, and a join takes a third of a statement's planning. */
export async function everDeclared(reader: EventReader, tenants: readonly Tenant[]): Promise<boolean> {
  if (tenants.length === 0) return false
  return declared(reader, tenantsKey(tenants), async () => {
    const query = sql`SELECT 1 FROM terminal_reports WHERE ${amongTenants(tenants)} AND hasCause LIMIT 1`
    const { rows } = await query.execute(reader.db)
    return rows.length > 0
  })
}
const declared = untilInsert<boolean>()

const rowSchema = Type.Object({
  terminalNo: Type.String(),
  id: Type.String(),
  time: Type.Integer(),
  cause: Type.Enum(['', ...declarableCauses]),
})
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** What a terminal declared last. */
export interface DeclaredCause {
  terminalNo: string
  /** Of the event. */
  id: string
  /** UTC milliseconds. */
  time: number
  /** Null: none is in force, an earlier one was taken back. */
  cause: DeclarableCause | null
}

/** Of each of the merchant's terminals that ever declared one. */
export async function declaredCauses({ db }: EventStore, merchant: MerchantScope): Promise<DeclaredCause[]> {
  const { rows } = await sql<Row>`
    SELECT terminalNo, last.1 AS time, last.2 AS id, last.3 AS cause
    FROM (
      SELECT terminalNo, argMax((time, id, toString(cause)), (time, id, body)) AS last
      FROM terminal_reports WHERE merchantNo = ${merchant.merchantNo} AND hasCause
      GROUP BY terminalNo
    )
    ORDER BY terminalNo`.execute(db)
  return parsedRows('declared causes', rowCheck, rows).map(({ cause, ...row }) => ({
    ...row,
    cause: cause === '' ? null : cause,
  }))
}

/**
 * To select from: the checkouts with `cause`, '' where none is in force: that of "the last terminal.reported carrying one (by time, id)" at `reasonTerminal`,
 * at or before `reasonAt`. One row for each moment at which a terminal declared.
 */
export const withCauses = (tenants: readonly Tenant[], checkouts: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  (${checkouts}) AS derived
  ASOF LEFT JOIN (
    SELECT merchantNo AS declaredBy, terminalNo AS declaredAt, time AS declaredFrom,
      argMax(terminal_reports.cause, (id, body)) AS cause
    FROM terminal_reports
    WHERE ${amongTenants(tenants)} AND hasCause
    GROUP BY merchantNo, terminalNo, time
  ) AS causes
    ON declaredBy = derived.merchantNo AND declaredAt = derived.reasonTerminal AND declaredFrom <= derived.reasonAt`
