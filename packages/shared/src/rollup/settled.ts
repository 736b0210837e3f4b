/** What a figure may take from the rollup, and what must be derived from the log because events arrived since. */

import { sql } from 'kysely'
import { amongTenants, tenantsKey } from '../metrics/tenants.ts'
import type { Tenant } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { untilInsert } from '../store/until-insert.ts'
import { touchedSince, type MerchantDays } from './touched.ts'

export interface Settled {
  /** Every event that was answered before it is in the figures, UTC milliseconds. */
  asOf: number
  /** Merchant-days that the rollup does not hold as they are; `everything` where nothing was ever rolled up. */
  touched: MerchantDays | 'everything'
}

/**
 * Where little arrives, figures hold all that was committed when they are asked for.
 * @param mayLag milliseconds by which they may be behind where much does: there is always something that is not rolled up yet,
 *   and deriving it takes longer than all the rest.
 */
export async function settledFor(store: EventStore, tenants: readonly Tenant[], mayLag: number): Promise<Settled> {
  const asOf = Date.now()
  const { rolledTo, isBusy, isCurrent } = store.rollup
  if (tenants.length === 0) return { asOf, touched: new Map() }
  if (rolledTo === 0) return { asOf, touched: 'everything' }
  if (isCurrent()) return { asOf, touched: new Map() }
  if (isBusy && rolledTo >= asOf - mayLag) return { asOf: rolledTo, touched: new Map() }
  const touched = await touchedOf(store, `${rolledTo} ${tenantsKey(tenants)}`, () =>
    touchedSince(store, amongTenants(tenants), sql<number>`${rolledTo}`),
  )
  return { asOf, touched }
}

/** A page asks for several figures at once. */
const touchedOf = untilInsert<MerchantDays>()
