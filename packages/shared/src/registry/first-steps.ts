import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import type { MerchantScope } from './scope.ts'

/** How far a shop has come before its first event. A phone is no till. */
export interface FirstSteps {
  /** It has a till in use. */
  registered: boolean
  /** One of these has a key. */
  keyed: boolean
}

/**
 * @param today the merchant's local day.
 * @returns undefined where the shop has events: it has long begun.
 */
export async function firstSteps(
  registry: Registry,
  { merchantNo }: MerchantScope,
  today: string,
): Promise<FirstSteps | undefined> {
  const { rows } = await sql<FirstSteps>`
    WITH tills AS (
      SELECT "terminalNo" FROM terminals
      WHERE "merchantNo" = ${merchantNo} AND ("retiredOn" IS NULL OR "retiredOn" > ${today})
      EXCEPT SELECT "terminalNo" FROM phones WHERE "merchantNo" = ${merchantNo}
    )
    SELECT EXISTS (SELECT FROM tills) AS registered,
      EXISTS (SELECT FROM keys JOIN tills USING ("terminalNo") WHERE keys."merchantNo" = ${merchantNo}) AS keyed
    FROM merchants WHERE "merchantNo" = ${merchantNo} AND NOT "hasEvents"
  `.execute(registry)
  return rows[0]
}
