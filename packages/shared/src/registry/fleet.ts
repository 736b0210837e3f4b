/** A provider's terminals with what the registry says of each and of its merchant. */

import type { Registry } from './connect.ts'
import type { ProviderScope } from './scope.ts'

export interface FleetTerminal {
  merchantNo: string
  terminalNo: string
  timeZone: string
  mcc: string
  /** GB/T 2260. */
  region: string
  model: string | null
  firmware: string | null
  /** A local day of the merchant. */
  retiredOn: string | null
  createdAt: Date
}

export const fleetOf = (registry: Registry, { providerId }: ProviderScope): Promise<FleetTerminal[]> =>
  registry
    .selectFrom('terminals')
    .innerJoin('merchants', 'merchants.merchantNo', 'terminals.merchantNo')
    .where('merchants.providerId', '=', providerId)
    .select(['terminals.merchantNo', 'terminalNo', 'timeZone', 'mcc', 'region', 'model', 'firmware', 'retiredOn'])
    .select('terminals.createdAt')
    .execute()
