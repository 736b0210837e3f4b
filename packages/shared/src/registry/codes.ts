/** A provider's own codes (contract section 6): they say what a code means at its merchants, for past events too. */

import { keyOf, type CodeSystem, type OwnCodes, type Reason } from '../events/reasons.ts'
import type { Registry } from './connect.ts'
import type { Principal } from './keys.ts'
import type { ProviderScope } from './scope.ts'
import type { Role } from './tables.ts'

/** What a code was taken for before a change, or is after it; null: it is not an own code. */
type Meaning = Reason | null

/** @param reason null takes the own code back. @param by whose doing it is, for the history. @returns what it was before. */
export async function changeCode(
  registry: Registry,
  { providerId }: ProviderScope,
  { system, value }: { system: CodeSystem; value: string },
  reason: Meaning,
  { role, keyId }: Principal,
): Promise<Meaning> {
  return registry.transaction().execute(async (tx) => {
    // Changes of one provider's codes wait for each other, so that the history has each from what the one before made it.
    await tx.selectFrom('providers').where('providerId', '=', providerId).select('providerId').forUpdate().execute()
    const known = await tx
      .selectFrom('codes')
      .where((eb) => eb.and({ providerId, system, value }))
      .select('reason')
      .executeTakeFirst()
    const before = known?.reason ?? null
    if (before === reason) return before
    if (reason === null) {
      await tx
        .deleteFrom('codes')
        .where((eb) => eb.and({ providerId, system, value }))
        .execute()
    } else {
      await tx
        .insertInto('codes')
        .values({ providerId, system, value, reason })
        .onConflict((c) => c.columns(['providerId', 'system', 'value']).doUpdateSet({ reason }))
        .execute()
    }
    await tx
      .insertInto('codeChanges')
      .values({ providerId, system, value, before, after: reason, role, keyId })
      .execute()
    return before
  })
}

export interface CodeChange {
  system: string
  value: string
  before: Meaning
  after: Meaning
  role: Role
  keyId: string
  /** RFC 3339. */
  changedAt: string
}

/** The newest first. */
export async function codeChanges(
  registry: Registry,
  { providerId }: ProviderScope,
  most: number,
): Promise<CodeChange[]> {
  const rows = await registry
    .selectFrom('codeChanges')
    .where('providerId', '=', providerId)
    .select(['system', 'value', 'before', 'after', 'role', 'keyId', 'changedAt'])
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.map((row) => ({ ...row, changedAt: row.changedAt.toISOString() }))
}

/** The own codes of the providers, each under its id. */
export async function ownCodesOf(
  registry: Registry,
  providers: readonly Pick<ProviderScope, 'providerId'>[],
): Promise<ReadonlyMap<string, OwnCodes>> {
  const ids = [...new Set(providers.map(({ providerId }) => providerId))]
  const found = new Map(ids.map((id) => [id, new Map<string, Reason>()]))
  if (ids.length === 0) return found
  const rows = await registry.selectFrom('codes').where('providerId', 'in', ids).selectAll().execute()
  for (const { providerId, system, value, reason } of rows) found.get(providerId)?.set(keyOf(system, value), reason)
  return found
}
