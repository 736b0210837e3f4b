/** Causes that terminals declared of themselves (contract section 6): the one in force where and when a checkout's reason was given. */

import { sql, type RawBuilder } from 'kysely'
import type { Tenant } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { amongTenants } from './tenants.ts'

/** Whether a terminal of theirs ever declared one. Mostly none did, and a join takes a third of a statement's planning. */
export async function everDeclared({ db }: EventStore, tenants: readonly Tenant[]): Promise<boolean> {
  const { rows } =
    await sql`SELECT 1 FROM terminal_reports WHERE ${amongTenants(tenants)} AND hasCause LIMIT 1`.execute(db)
  return rows.length > 0
}

/**
 * Adds `cause`, '' where none is in force: that of "the last terminal.reported carrying one (by time, id)" at `reasonTerminal`,
 * at or before `reasonAt`. One row for each moment at which a terminal declared.
 */
export const withCauses = (tenants: readonly Tenant[], checkouts: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT * FROM (${checkouts}) AS derived
  ASOF LEFT JOIN (
    SELECT merchantNo AS declaredBy, terminalNo AS declaredAt, time AS declaredFrom,
      argMax(terminal_reports.cause, (id, body)) AS cause
    FROM terminal_reports
    WHERE ${amongTenants(tenants)} AND hasCause
    GROUP BY merchantNo, terminalNo, time
  ) AS causes
    ON declaredBy = derived.merchantNo AND declaredAt = derived.reasonTerminal AND declaredFrom <= derived.reasonAt`
