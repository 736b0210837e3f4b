/** When each terminal sold last: what tells a customer who left from a terminal that fell silent. */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { terminalsSeen, type Question } from '../rollup/read.ts'
import { untilInsert } from '../store/until-insert.ts'
import { parsedRows } from './parsed-rows.ts'
import { tenantsKey } from './tenants.ts'

const rowSchema = Type.Object({ sellers: Type.Array(Type.String()), soldAt: Type.Array(Type.Integer()) })
/** Terminals as `sellerIn` names them, and when each sold last, UTC milliseconds. */
export type Sales = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

/** An expression over `merchantNo` and `terminalNo`. */
const sellerIn = ({ tenants }: Question): RawBuilder<string> =>
  tenants.length === 1 ? sql`terminalNo` : sql`concat(merchantNo, ' ', terminalNo)`

/** Who sold, and when last. "Timed t₀ + W or later": a sale before the span can't be. */
const sellersIn = (question: Question): RawBuilder<unknown> => sql`
  SELECT merchantNo AS soldBy, terminalNo AS soldOn, newestSale
  FROM (${terminalsSeen(question, question.span.from)}) WHERE newestSale != 0`

/** Of more, the statement that needs it looks for itself. */
const fewTenants = 50
/** A server takes at most 128 KiB in one parameter. */
const fewTerminals = 4_000

/**
 * The question with `sales`, where there are few terminals: as constants they cost a statement a third less to plan than a query
 * within it.
 */
export async function withSales<Q extends Question>(question: Q): Promise<Q & { sales?: Sales }> {
  if (question.tenants.length > fewTenants) return question
  const { reader } = question.settled
  const sales = await remembered(reader, `${question.span.from} ${tenantsKey(question.tenants)}`, async () => {
    const query = sql`
      SELECT groupArray(${question.tenants.length === 1 ? sql`soldOn` : sql`concat(soldBy, ' ', soldOn)`}) AS sellers,
        groupArray(newestSale) AS soldAt
      FROM (${sellersIn(question)})`
    const { rows } = await query.execute(reader.db)
    return parsedRows('newest sales', rowCheck, rows)[0]
  })
  return sales === undefined || sales.sellers.length > fewTerminals ? question : { ...question, sales }
}
const remembered = untilInsert<Sales | undefined>()

/**
 * `newest` is an expression over a checkout of `joined`: when its terminal sold last, 0: never. Without `sales` that is joined:
 * the engine names a constant by its value, and a hundred thousand terminals in one took half a second.
 *
 * @param checkouts to select from: `derived` has `merchantNo` and `terminalNo`.
 */
export function newestSaleIn(question: Question & { sales?: Sales }) {
  const { sales } = question
  if (sales === undefined) {
    return {
      joined: (checkouts: RawBuilder<unknown>) => sql`
        ${checkouts} ANY LEFT JOIN (${sellersIn(question)}) AS sellers
          ON soldBy = derived.merchantNo AND soldOn = derived.terminalNo`,
      newest: sql`newestSale`,
    }
  }
  const nobody = sales.sellers.length === 0
  return {
    joined: (checkouts: RawBuilder<unknown>) => checkouts,
    newest: nobody
      ? sql`toInt64(0)`
      : sql`transform(${sellerIn(question)}, ${sales.sellers}, ${sales.soldAt}, toInt64(0))`,
  }
}
