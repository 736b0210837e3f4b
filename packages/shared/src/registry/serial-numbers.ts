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
    WITH numbered AS (
      SELECT upper(btrim(t."serialNo")) AS "serialNo", t."merchantNo", m.name, t."terminalNo", m."timeZone", t."retiredOn"
      FROM terminals t JOIN merchants m ON m."merchantNo" = t."merchantNo"
      WHERE m."providerId" = ${providerId} AND btrim(t."serialNo") <> ''
    )
    SELECT * FROM numbered
    WHERE "serialNo" IN (SELECT "serialNo" FROM numbered GROUP BY "serialNo" HAVING count(*) > 1)
    ORDER BY "serialNo", "merchantNo", "terminalNo"`.execute(registry)
  return rows
}
