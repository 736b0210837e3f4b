/** A provider's own codes (contract section 6): they say what a code means at its merchants, for past events too. */

import { keyOf, type CodeSystem, type OwnCodes, type Reason } from '../events/reasons.ts'
import type { Registry } from './connect.ts'
import type { ProviderScope } from './scope.ts'

/** True where the code was not mapped before. */
export async function mapCode(
  registry: Registry,
  { providerId }: ProviderScope,
  system: CodeSystem,
  value: string,
  reason: Reason,
): Promise<boolean> {
  return registry.transaction().execute(async (tx) => {
    const known = await tx
      .selectFrom('codes')
      .where((eb) => eb.and({ providerId, system, value }))
      .select('reason')
      .executeTakeFirst()
    await tx
      .insertInto('codes')
      .values({ providerId, system, value, reason })
      .onConflict((c) => c.columns(['providerId', 'system', 'value']).doUpdateSet({ reason }))
      .execute()
    return known === undefined
  })
}

export async function unmapCode(
  registry: Registry,
  { providerId }: ProviderScope,
  system: CodeSystem,
  value: string,
): Promise<void> {
  await registry
    .deleteFrom('codes')
    .where((eb) => eb.and({ providerId, system, value }))
    .execute()
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
