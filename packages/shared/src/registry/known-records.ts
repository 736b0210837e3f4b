/** The records of many merchants and of their terminals, as an import compares its rows with them. */

import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import { canExist } from './scope.ts'

interface KnownMerchant {
  merchantNo: string
  name: string
  providerId: string
  mcc: string
  region: string
  timeZone: string
  hasEvents: boolean
}

interface KnownTerminal {
  merchantNo: string
  terminalNo: string
  serialNo: string | null
  deviceType: string | null
  vendor: string | null
  model: string | null
  firmware: string | null
  retiredOn: string | null
}

/** Whoever's they are: what may be told of them, the caller decides. */
export async function knownRecords(registry: Registry, merchantNos: readonly string[]) {
  const named = merchantNos.filter(canExist)
  const [merchants, terminals] = await Promise.all([
    sql<KnownMerchant>`
      SELECT "merchantNo", name, "providerId", mcc, region, "timeZone", "hasEvents"
      FROM merchants WHERE "merchantNo" = ANY(${named}::text[])`.execute(registry),
    sql<KnownTerminal>`
      SELECT "merchantNo", "terminalNo", "serialNo", "deviceType", vendor, model, firmware, "retiredOn"
      FROM terminals WHERE "merchantNo" = ANY(${named}::text[])`.execute(registry),
  ])
  return { merchants: merchants.rows, terminals: terminals.rows }
}
