/** A provider's terminals with what the registry says of each and of its merchant. */

import { sql } from 'kysely'
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

type Packed = [
  terminalNo: string,
  model: string | null,
  firmware: string | null,
  retiredOn: string | null,
  createdAt: number,
]

/** Packed by merchant: of a hundred thousand terminals, a row each takes seconds to read. */
export async function fleetOf(registry: Registry, { providerId }: ProviderScope): Promise<FleetTerminal[]> {
  const { rows } = await sql<
    Pick<FleetTerminal, 'merchantNo' | 'timeZone' | 'mcc' | 'region'> & { terminals: Packed[] }
  >`
    SELECT m."merchantNo", m."timeZone", m.mcc, m.region,
      json_agg(json_build_array(t."terminalNo", t.model, t.firmware, t."retiredOn", extract(epoch FROM t."createdAt") * 1000)) AS terminals
    FROM terminals t JOIN merchants m ON m."merchantNo" = t."merchantNo"
    WHERE m."providerId" = ${providerId}
    GROUP BY m."merchantNo"`.execute(registry)
  return rows.flatMap(({ terminals, ...merchant }) =>
    terminals.map(([terminalNo, model, firmware, retiredOn, createdAt]) => ({
      ...merchant,
      ...{ terminalNo, model, firmware, retiredOn, createdAt: new Date(createdAt) },
    })),
  )
}
