/**
 * Who declared a cause for all terminals of a merchant at once, and when. What counts in figures are the events, in the log like
 * any others (`declarationEvents`); a row here says who stands behind them.
 */

import type { DeclarableCause } from '../events/reasons.ts'
import type { Registry } from './connect.ts'
import type { Principal } from './keys.ts'
import type { MerchantScope } from './scope.ts'
import type { Role } from './tables.ts'

export interface Declaration {
  /** Of the event of each terminal. */
  id: string
  /** Null: an earlier one is taken back. */
  cause: DeclarableCause | null
  declaredAt: Date
}

/** Such an event is no word of the terminal's own: it does not tell that the terminal lives, nor how its clock goes. */
export const declarationPrefix = 'declared-'

/**
 * Records what is declared. A declaration that is sent again, by its `tap`, stays what and when it was, and so do its events.
 * Each of a merchant's declarations is later than the one before, whatever the clock does, so that the last one holds.
 */
export async function recordDeclaration(
  registry: Registry,
  { merchantNo }: MerchantScope,
  { keyId, role }: Principal,
  { tap, cause }: { tap: string; cause: DeclarableCause | null },
  now: number,
): Promise<Declaration> {
  const id = `${declarationPrefix}${tap}-${cause ?? 'none'}`
  return registry.transaction().execute(async (tx) => {
    await tx.selectFrom('merchants').where('merchantNo', '=', merchantNo).select('merchantNo').forUpdate().execute()
    const earlier = tx.selectFrom('declarations').where('merchantNo', '=', merchantNo)
    const same = await earlier.where('id', '=', id).select('declaredAt').executeTakeFirst()
    if (same !== undefined) return { id, cause, declaredAt: same.declaredAt }
    const last = await earlier.select('declaredAt').orderBy('declaredAt', 'desc').limit(1).executeTakeFirst()
    const declaredAt = new Date(Math.max(now, (last?.declaredAt.getTime() ?? 0) + 1))
    await tx.insertInto('declarations').values({ merchantNo, id, cause, declaredAt, keyId, role }).execute()
    return { id, cause, declaredAt }
  })
}

/** Who declared, by the id of the events. */
export async function declarersOf(
  registry: Registry,
  { merchantNo }: MerchantScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { keyId: string; role: Role }>> {
  if (ids.length === 0) return new Map()
  const rows = await registry
    .selectFrom('declarations')
    .where('merchantNo', '=', merchantNo)
    .where('id', 'in', ids)
    .select(['id', 'keyId', 'role'])
    .execute()
  return new Map(rows.map(({ id, keyId, role }) => [id, { keyId, role }]))
}

/** The declaration as contract section 4 has it: a `terminal.reported` of each terminal, which tells of no method. */
export const declarationEvents = (
  { merchantNo }: MerchantScope,
  terminals: readonly { terminalNo: string }[],
  { id, cause, declaredAt }: Declaration,
) =>
  terminals.map(({ terminalNo }) => ({
    specversion: '1.0',
    id,
    source: `urn:terminal:${merchantNo}:${terminalNo}`,
    type: 'tillsight.terminal.reported',
    time: declaredAt.toISOString(),
    data: { methods: [], cause },
  }))
