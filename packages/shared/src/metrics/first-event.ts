/** When a merchant was first heard of: before it there are no figures, and nothing to compare with. */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { untilInsert } from '../store/until-insert.ts'
import { parsedRows } from './parsed-rows.ts'

const rowSchema = Type.Object({ first: Type.Integer(), events: Type.Integer() })
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** By its first UTC day alone: days are sorted by, times are not. */
export const firstEventQuery = ({ merchantNo }: MerchantScope) => sql<Row>`
    SELECT min(time) AS first, count() AS events
    FROM checkout_events
    WHERE merchantNo = ${merchantNo} AND day = (SELECT min(day) FROM checkout_events WHERE merchantNo = ${merchantNo})`

/** UTC milliseconds; undefined before any. */
export function firstEvent(store: EventStore, merchant: MerchantScope): Promise<number | undefined> {
  return remembered(store, merchant.merchantNo, async () => {
    const { rows } = await firstEventQuery(merchant).execute(store.db)
    const [row] = parsedRows('first event', rowCheck, rows)
    return row === undefined || row.events === 0 ? undefined : row.first
  })
}
const remembered = untilInsert<number | undefined>()
