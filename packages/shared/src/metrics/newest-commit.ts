/**
 * A mark that changes whenever an event of the merchant is committed, for pages that follow along.
 *
 * The newest `receivedAt` alone would miss a commit: of two events received one after the other, the later one may be
 * committed first. So the rows are counted too. (When merges drop identical copies the count falls; a page then looks once
 * for nothing.)
 */

import { sql } from 'kysely'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'

export interface NewestCommit {
  /** UTC milliseconds at which the newest event was received; null before the first one. */
  receivedAt: number | null
  /** Equal marks: nothing was committed in between. */
  mark: string
}

interface Row {
  newest: number
  rows: number
}

export function newestCommitQuery({ merchantNo }: MerchantScope) {
  return sql<Row>`
    SELECT max(newest) AS newest, toFloat64(sum(rows)) AS rows
    FROM (
      SELECT toInt64(max(receivedAt)) AS newest, count() AS rows FROM checkout_events WHERE merchantNo = ${merchantNo}
      UNION ALL
      SELECT toInt64(max(receivedAt)), count() FROM terminal_reports WHERE merchantNo = ${merchantNo}
    )`
}

export async function newestCommit({ db }: EventStore, merchant: MerchantScope): Promise<NewestCommit> {
  const { rows } = await newestCommitQuery(merchant).execute(db)
  const [found] = rows
  if (found === undefined || Number(found.rows) === 0) return { receivedAt: null, mark: '0' }
  return { receivedAt: Number(found.newest), mark: `${found.newest}-${found.rows}` }
}
