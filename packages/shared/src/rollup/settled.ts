/** What a figure may take from the rollup, and what must be derived from the log because events arrived since. */

import { sql } from 'kysely'
import { amongTenants, tenantsKey } from '../metrics/tenants.ts'
import type { Tenant } from '../registry/scope.ts'
import type { EventReader, EventStore } from '../store/connect.ts'
import { untilInsert } from '../store/until-insert.ts'
import { touchedSince, type MerchantDays } from './touched.ts'

export interface Settled {
  /** Every event that was answered before it is in the figures, UTC milliseconds. */
  asOf: number
  /** Merchant-days that the rollup does not hold as they are; `everything` where nothing was ever rolled up. */
  touched: MerchantDays | 'everything'
  /** What the figures are to be read through: it finds all that they hold. */
  reader: EventReader
}

/**
 * Where little arrives, figures hold all that was committed when they are asked for.
 * @param mayLag milliseconds by which they may be behind where much does: there is always something that is not rolled up yet,
 *   and deriving it takes longer than all the rest.
 */
export async function settledFor(store: EventStore, tenants: readonly Tenant[], mayLag: number): Promise<Settled> {
  const asOf = Date.now()
  const { rolledTo, isBusy, isCurrent } = store.rollup
  const { inserts } = store
  if (tenants.length === 0) return { asOf, touched: new Map(), reader: store }
  if (rolledTo === 0) return { asOf, touched: 'everything', reader: store }
  if (isCurrent()) return { asOf, touched: new Map(), reader: readerAt(store, inserts) }
  // A clock that was put back finds a rollup of the future, and events that it lacks.
  if (isBusy && rolledTo <= asOf && rolledTo >= asOf - mayLag)
    return { asOf: rolledTo, touched: new Map(), reader: readerAt(store, rolledTo) }
  const touched = await touchedOf(store, `${rolledTo} ${tenantsKey(tenants)}`, () =>
    touchedSince(store, amongTenants(tenants), sql<number>`${rolledTo}`),
  )
  return { asOf, touched, reader: readerAt(store, inserts) }
}

/** A page asks for several figures at once. */
const touchedOf = untilInsert<MerchantDays>()

/**
 * What was committed before is inserted once it is rolled up, or was waited for when the touched days were asked for. No
 * statement of the figure waits again: where events arrive all the time, each would cost an insert of its own.
 * @param moment of which all is inserted; what was asked at it is not asked again. Undefined: nothing is remembered.
 */
function readerAt(store: EventStore, moment: number | undefined): EventReader {
  if (moment === undefined) return store
  const known = readers.get(store) ?? []
  readers.set(store, known)
  const found = known.find(({ inserts }) => inserts === moment)
  if (found !== undefined) return found
  const reader = { db: store.inserted, inserts: moment }
  // Figures that may lag and figures that may not are asked for in turn.
  known.unshift(reader)
  known.length = Math.min(known.length, 2)
  return reader
}
const readers = new WeakMap<EventStore, EventReader[]>()
