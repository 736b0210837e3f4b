/** What a list of all merchants of a provider tells of each. */

import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import type { ProviderScope } from './scope.ts'

export interface ListedMerchant {
  merchantNo: string
  name: string
  mcc: string
  region: string
  timeZone: string
  /** Their numbers, with the local day on which each ends, where one does. */
  terminals: { terminalNo: string; retiredOn: string | null }[]
}

/** One row a merchant: of a hundred thousand terminals, a row each would take most of the time. */
export async function listedMerchants(registry: Registry, { providerId }: ProviderScope): Promise<ListedMerchant[]> {
  const { rows } = await sql<Omit<ListedMerchant, 'terminals'> & { terminalNos: string; retired: string }>`
    SELECT m."merchantNo", m.name, m.mcc, m.region, m."timeZone",
      coalesce(string_agg(t."terminalNo", ' '), '') AS "terminalNos",
      coalesce(string_agg(coalesce(t."retiredOn", '-'), ' '), '') AS retired
    FROM merchants m LEFT JOIN terminals t ON t."merchantNo" = m."merchantNo"
    WHERE m."providerId" = ${providerId}
    GROUP BY m."merchantNo"`.execute(registry)
  return rows.map(({ terminalNos, retired, ...merchant }) => {
    const ends = retired.split(' ')
    const numbers = terminalNos === '' ? [] : terminalNos.split(' ')
    return {
      ...merchant,
      terminals: numbers.map((terminalNo, i) => ({
        terminalNo,
        retiredOn: ends[i] === '-' ? null : (ends[i] ?? null),
      })),
    }
  })
}
