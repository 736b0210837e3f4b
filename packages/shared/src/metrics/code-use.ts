/**
 * Code use: the codes that declined checkouts of a provider came with, what each is taken for now, and what that adds to N.
 *
 * A checkout's code is that of the earliest request that is a final decline (contract section 5); what it is taken for is
 * decided in the order of section 6: own code, `disabledChannels`, the table, `UNMAPPED`; a declared cause last. Asked again with
 * other own codes, the same checkouts say what a change would move.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { reasons, type Reason } from '../events/reasons.ts'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { FigureParameters, Volume } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { everDeclared } from './declared-causes.ts'
import { spanOf } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'

export interface Code {
  system: string
  value: string
}

/** Declined checkouts alike in code and reason. */
export interface CodeUse extends Volume {
  /** Null: the wallet substituted in silence, and no code tells why. */
  code: Code | null
  reason: Reason
  /** A cause that the terminal declared stands in the place of what the code says. */
  isDeclared: boolean
  netLost: { amount: number }
  /** RFC 3339, of the newest t₀. */
  newestAt: string
}

export interface CodeUses {
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
  /** Most checkouts first; at most `mostUses`. */
  uses: CodeUse[]
  /** Of all, those beyond `mostUses` included. */
  declined: Volume
  unmapped: Volume
}

/** A terminal may make up a code for every sale; nobody reads on so far. */
export const mostUses = 2_000

const rowSchema = Type.Object({
  refused: Type.Boolean(),
  codeSystem: Type.String(),
  codeValue: Type.String(),
  reason: Type.Enum([...reasons]),
  isDeclared: Type.Boolean(),
  checkouts: Type.Integer(),
  amount: Type.Integer(),
  netLost: Type.Integer(),
  newestAt: Type.Integer(),
  allCheckouts: Type.Integer(),
  allAmount: Type.Integer(),
  unmappedCheckouts: Type.Integer(),
  unmappedAmount: Type.Integer(),
})
const rowCheck = Compile(rowSchema)

/** @param code only the checkouts with that one; undefined: all. */
export const codeUseQuery = (question: CheckoutsQuestion, code?: Code) => sql<Static<typeof rowSchema>>`
    SELECT *, sum(checkouts) OVER () AS allCheckouts, sum(amount) OVER () AS allAmount,
      sumIf(checkouts, reason = 'UNMAPPED') OVER () AS unmappedCheckouts,
      sumIf(amount, reason = 'UNMAPPED') OVER () AS unmappedAmount
    FROM (
      SELECT toBool(refused) AS refused, codeSystem, codeValue, reason, toBool(reason != observed) AS isDeclared,
        count() AS checkouts, sum(a) AS amount, sum(lost) AS netLost, max(at) AS newestAt
      FROM (${judgedCheckouts(question, ['asked', 'a', 'state', 'refused', 'codeSystem', 'codeValue', 'observed', 'reason', 'lost'])})
      WHERE asked AND state = 'declined'
        AND ${code === undefined ? sql`true` : sql`refused AND codeSystem = ${code.system} AND codeValue = ${code.value}`}
      GROUP BY refused, codeSystem, codeValue, reason, isDeclared
    )
    ORDER BY checkouts DESC, codeSystem, codeValue, reason
    LIMIT ${mostUses}`

/** @param merchants at least one. */
export async function codeUses(
  store: EventStore,
  merchants: readonly MerchantScope[],
  { range, code, ownCodes, now, mayLag }: FigureParameters & { code?: Code },
): Promise<CodeUses> {
  const settled = await settledFor(store, merchants, mayLag)
  const { reader } = settled
  const declares = await everDeclared(reader, merchants)
  const found: CodeUses = {
    asOf: new Date(settled.asOf).toISOString(),
    uses: [],
    declined: { checkouts: 0, amount: 0 },
    unmapped: { checkouts: 0, amount: 0 },
  }
  const uses = new Map<string, CodeUse>()
  for (const [zone, tenants] of Map.groupBy(merchants, (merchant) => merchant.timeZone)) {
    const question = { tenants, span: spanOf(range, zone), ownCodes, now, settled, declares }
    const { rows } = await codeUseQuery(question, code).execute(reader.db)
    const parsed = parsedRows('code use', rowCheck, rows)
    const [first] = parsed
    if (first !== undefined) {
      found.declined.checkouts += first.allCheckouts
      found.declined.amount += first.allAmount
      found.unmapped.checkouts += first.unmappedCheckouts
      found.unmapped.amount += first.unmappedAmount
    }
    for (const row of parsed) add(uses, row)
  }
  found.uses = [...uses.values()].sort((a, b) => b.checkouts - a.checkouts).slice(0, mostUses)
  return found
}

function add(uses: Map<string, CodeUse>, row: Static<typeof rowSchema>): void {
  const { refused, codeSystem: system, codeValue: value, reason, isDeclared, checkouts, amount, netLost } = row
  const key = JSON.stringify([refused, system, value, reason, isDeclared])
  const newestAt = new Date(row.newestAt).toISOString()
  const before = uses.get(key)
  uses.set(key, {
    code: refused ? { system, value } : null,
    reason,
    isDeclared,
    checkouts: checkouts + (before?.checkouts ?? 0),
    amount: amount + (before?.amount ?? 0),
    netLost: { amount: netLost + (before?.netLost.amount ?? 0) },
    newestAt: before !== undefined && before.newestAt > newestAt ? before.newestAt : newestAt,
  })
}
