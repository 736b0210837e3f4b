/**
 * A mark for each merchant that changes whenever an event of it is committed, for pages that follow along.
 *
 * The newest `receivedAt` alone would miss a commit: of two events received one after the other, the later one may be
 * committed first. So the rows are counted too. An event that comes again counts until a merge drops its copy: a page then
 * looks for nothing. Only a merge that drops as many copies as were committed since, all of them received before the newest,
 * hides a commit; a page asks each minute in any case.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { untilInsert } from '../store/until-insert.ts'
import { parsedRows } from './parsed-rows.ts'
import { tenantsKey } from './tenants.ts'

/** Another mark: something may have been committed in between. `null`: no event ever arrived. */
export type CommitMark = string | null

const rowSchema = Type.Object({ merchantNo: Type.String(), newest: Type.Integer(), events: Type.Integer() })
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** One row for each of the merchants that has events. */
export function newestCommitQuery(merchants: readonly MerchantScope[]) {
  const numbers = merchants.map(({ merchantNo }) => merchantNo)
  return sql<Row>`
    SELECT merchantNo, max(newest) AS newest, sum(rows) AS events
    FROM (
      SELECT merchantNo, toInt64(max(receivedAt)) AS newest, count() AS rows
      FROM checkout_events WHERE merchantNo IN ${numbers} GROUP BY merchantNo
      UNION ALL
      SELECT merchantNo, toInt64(max(receivedAt)), count()
      FROM terminal_reports WHERE merchantNo IN ${numbers} GROUP BY merchantNo
    )
    GROUP BY merchantNo`
}

/** The mark of each of the merchants, by merchant number. One query, however many are asked for. */
export function newestCommits(
  store: EventStore,
  merchants: readonly MerchantScope[],
): Promise<ReadonlyMap<string, CommitMark>> {
  return remembered(store, tenantsKey(merchants), async () => {
    const marks = new Map<string, CommitMark>(merchants.map(({ merchantNo }) => [merchantNo, null]))
    if (marks.size === 0) return marks
    const { rows } = await newestCommitQuery(merchants).execute(store.db)
    for (const row of parsedRows('newest commit', rowCheck, rows))
      marks.set(row.merchantNo, `${row.newest}-${row.events}`)
    return marks
  })
}
const remembered = untilInsert<ReadonlyMap<string, CommitMark>>()
