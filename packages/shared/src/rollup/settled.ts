/** What a figure may take from the rollup, and what must be derived from the log because events arrived since. */

import { sql } from 'kysely'
import { amongTenants } from '../metrics/tenants.ts'
import type { Tenant } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { touchedSince, type MerchantDays } from './touched.ts'

export interface Settled {
  /** Every event that was answered before it is in the figures, UTC milliseconds. */
  asOf: number
  /** Merchant-days that the rollup does not hold as they are; `everything` where nothing was ever rolled up. */
  touched: MerchantDays | 'everything'
}

/** @param mayLag milliseconds by which the figures may be behind the clock. */
export async function settledFor(store: EventStore, tenants: readonly Tenant[], mayLag: number): Promise<Settled> {
  const asOf = Date.now()
  const { rolledTo } = store.rollup
  if (rolledTo === 0) return { asOf, touched: 'everything' }
  if (rolledTo >= asOf - mayLag) return { asOf: rolledTo, touched: new Map() }
  return { asOf, touched: await touchedSince(store, amongTenants(tenants), sql<number>`${rolledTo}`) }
}
