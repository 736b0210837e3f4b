import type { Registry } from './connect.ts'
import type { ProviderRecord } from './records.ts'

/** Creates or replaces; true where it is new. */
export async function putProvider(registry: Registry, providerId: string, record: ProviderRecord): Promise<boolean> {
  const values = { name: record.name, sharedTokens: record.sharedTokens ?? false }
  return registry.transaction().execute(async (tx) => {
    const known = await tx
      .selectFrom('providers')
      .where('providerId', '=', providerId)
      .select('providerId')
      .executeTakeFirst()
    await tx
      .insertInto('providers')
      .values({ providerId, ...values })
      .onConflict((c) => c.column('providerId').doUpdateSet(values))
      .execute()
    return known === undefined
  })
}

export const getProvider = (registry: Registry, providerId: string) =>
  registry
    .selectFrom('providers')
    .where('providerId', '=', providerId)
    .select(['providerId', 'name', 'sharedTokens'])
    .executeTakeFirst()
