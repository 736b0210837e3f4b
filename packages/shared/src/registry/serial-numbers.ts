/** One terminal, one code (259号文, 一机一码): a serial number belongs to one terminal of one merchant. */

import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import type { ProviderScope } from './scope.ts'

export interface NumberedTerminal {
  /** As compared: without blanks around it, in capitals. */
  serialNo: string
  merchantNo: string
  name: string
  terminalNo: string
  timeZone: string
  /** A local day of the merchant. */
  retiredOn: string | null
}

/** The provider's terminals whose serial number another one has too, retired ones included, in order of the number. */
export async function sharedSerialNumbers(
  registry: Registry,
  { providerId }: ProviderScope,
): Promise<NumberedTerminal[]> {
  const { rows } = await sql<NumberedTerminal>`
    SELECT s."serialNo", t."merchantNo", m.name, t."terminalNo", m."timeZone", t."retiredOn"
    FROM (
      SELECT upper(btrim(t."serialNo")) AS "serialNo"
      FROM terminals t JOIN merchants m ON m."merchantNo" = t."merchantNo"
      WHERE m."providerId" = ${providerId} AND btrim(t."serialNo") <> ''
      GROUP BY 1 HAVING count(*) > 1
    ) s
    JOIN terminals t ON upper(btrim(t."serialNo")) = s."serialNo"
    JOIN merchants m ON m."merchantNo" = t."merchantNo" AND m."providerId" = ${providerId}
    ORDER BY s."serialNo", t."merchantNo", t."terminalNo"`.execute(registry)
  return rows
}
