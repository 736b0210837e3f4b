/** The tenant in SQL: every query of events says whose, by scopes that `registry/scope.ts` granted. */

import { sql, type RawBuilder } from 'kysely'
import type { Tenant } from '../registry/scope.ts'

/** A condition: `merchantNo` is one of the tenants'. */
export function amongTenants(tenants: readonly Tenant[]): RawBuilder<boolean> {
  if (tenants.length === 0) throw new Error('a query without a tenant')
  return among(
    sql`merchantNo`,
    tenants.map(({ merchantNo }) => merchantNo),
  )
}

/** Tells questions of different tenants apart. */
export const tenantsKey = (tenants: readonly Tenant[]): string => tenants.map(({ merchantNo }) => merchantNo).join()

/** A server takes at most 128 KiB in one parameter. */
const mostInParameter = 4_000

/** A condition: the expression is one of the texts, of which there is at least one. */
export function among(expression: RawBuilder<unknown>, texts: readonly string[]): RawBuilder<boolean> {
  const [only] = texts
  if (texts.length === 1) return sql`${expression} = ${only}`
  const chunks = Array.from({ length: Math.ceil(texts.length / mostInParameter) }, (_, i) =>
    texts.slice(i * mostInParameter, (i + 1) * mostInParameter),
  )
  return sql`(${sql.join(
    chunks.map((chunk) => sql`${expression} IN ${chunk}`),
    sql` OR `,
  )})`
}
