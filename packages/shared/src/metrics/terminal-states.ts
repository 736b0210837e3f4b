/** Terminal states: what each terminal of many merchants last reported for `HUABEI`, as of now (contract section 4). */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { capabilityStates } from '../events/event.ts'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { parsedRows } from './parsed-rows.ts'
import { amongTenants } from './tenants.ts'
import type { TerminalState } from './terminal-life.ts'

const rowSchema = Type.Object({
  merchantNo: Type.String(),
  terminals: Type.Array(Type.String()),
  states: Type.Array(Type.Enum([...capabilityStates])),
})
const rowCheck = Compile(rowSchema)

/** One row a merchant; the last by (time, id), as everywhere. */
export const terminalStatesQuery = (merchants: readonly MerchantScope[]) => sql<Static<typeof rowSchema>>`
    SELECT merchantNo, groupArray(terminalNo) AS terminals, groupArray(state) AS states
    FROM (
      SELECT merchantNo, terminalNo, toString(argMax(huabei, (time, id, body))) AS state
      FROM terminal_reports
      WHERE ${amongTenants(merchants)} AND huabei != ''
      GROUP BY merchantNo, terminalNo
    )
    GROUP BY merchantNo`

/** @param merchants at least one. @returns gives a terminal's state; `unknown` before any report. */
export async function terminalStates(
  { db }: EventStore,
  merchants: readonly MerchantScope[],
): Promise<(merchantNo: string, terminalNo: string) => TerminalState> {
  const { rows } = await terminalStatesQuery(merchants).execute(db)
  const known = new Map<string, TerminalState>()
  for (const { merchantNo, terminals, states } of parsedRows('terminal states', rowCheck, rows)) {
    for (const [i, terminalNo] of terminals.entries()) known.set(`${merchantNo} ${terminalNo}`, states[i] ?? 'unknown')
  }
  return (merchantNo, terminalNo) => known.get(`${merchantNo} ${terminalNo}`) ?? 'unknown'
}
