/**
 * Which merchant-days an arrival touches: whose checkouts it can change. Days are UTC days of `at`, as everywhere in the rollup.
 *
 * An event changes its own checkout, which lies on a day of one of that checkout's events; and where that checkout has a
 * customer, whether earlier checkouts of the same customer were deferred, up to 24 h before each of its events. Causes,
 * codes, and sales that show a terminal alive are looked up when a figure is read, so they touch nothing.
 */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { checkoutSpanMs, deferralMs } from '../metrics/derivation.ts'
import { parsedRows } from '../metrics/parsed-rows.ts'
import type { EventStore } from '../store/connect.ts'

export const dayMs = 86_400_000

/** By merchant: days since 1970, in order, and about how many events they have. */
export type MerchantDays = ReadonlyMap<string, { days: readonly number[]; events: number }>

const rowSchema = Type.Object({ merchantNo: Type.String(), days: Type.Array(Type.Integer()), events: Type.Integer() })
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

const margin = Math.ceil(checkoutSpanMs / dayMs)

/**
 * A merchant with a customer among those that arrived is looked at as if each had one: telling them apart would keep every checkout in
 * memory, and most days before are touched anyway.
 * @param whose a condition on `merchantNo`. @param since every event that arrived then or later is looked at.
 */
export async function touchedSince(
  { db }: EventStore,
  whose: RawBuilder<boolean>,
  since: RawBuilder<number>,
): Promise<MerchantDays> {
  const arrived = sql`checkout_events WHERE ${whose} AND receivedAt >= ${since}`
  // Compared by its hash, for the same reason: two checkouts that share one touch a day too many.
  const checkout = sql`sipHash64(merchantNo, checkoutId)`
  const { rows } = await sql<Row>`
    WITH
      (SELECT min(day) FROM ${arrived}) AS firstDay,
      (SELECT max(day) FROM ${arrived}) AS lastDay
    SELECT merchantNo, arraySort(arrayDistinct(if(hasCustomer, arrayConcat(own, before), own))) AS days, events
    FROM (
      SELECT merchantNo, groupUniqArray(toInt32(intDiv(time, ${dayMs}))) AS own,
        groupUniqArray(toInt32(intDiv(time - ${deferralMs}, ${dayMs}))) AS before, max(customer != 0) AS hasCustomer, count() AS events
      FROM checkout_events
      WHERE ${whose} AND day BETWEEN firstDay - ${margin} AND lastDay + ${margin}
        AND merchantNo IN (SELECT merchantNo FROM ${arrived}) AND ${checkout} IN (SELECT ${checkout} FROM ${arrived})
      GROUP BY merchantNo
    )`.execute(db)
  return new Map(parsedRows('touched days', rowCheck, rows).map(({ merchantNo, ...touched }) => [merchantNo, touched]))
}

/** Every merchant-day that has an event: what is touched where nothing was ever rolled up. */
export async function everyDay({ db }: EventStore): Promise<MerchantDays> {
  const { rows } = await sql<Row>`
    SELECT merchantNo, arraySort(groupUniqArray(toInt32(day))) AS days, count() AS events FROM checkout_events GROUP BY merchantNo`.execute(
    db,
  )
  return new Map(parsedRows('touched days', rowCheck, rows).map(({ merchantNo, ...touched }) => [merchantNo, touched]))
}
