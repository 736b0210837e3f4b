import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

const listedAtMost = 200

interface Listed {
  providers: { providerId: string; name: string }[]
  merchants: { merchantNo: string; name: string }[]
  /** There are more merchants. */
  more: boolean
}

/** The providers and merchants that an operator finds, by name or number. Nobody else sees any here. */
export async function listed(principal: Principal | undefined, search: string): Promise<Listed> {
  if (principal?.role !== 'operator') return { providers: [], merchants: [], more: false }
  const { registry } = providedStores()
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const [providers, merchants] = await Promise.all([
    registry
      .selectFrom('providers')
      .select(['providerId', 'name'])
      .where((eb) => eb.or([eb('name', 'ilike', pattern), eb('providerId', 'ilike', pattern)]))
      .orderBy('name')
      .orderBy('providerId')
      .limit(listedAtMost)
      .execute(),
    registry
      .selectFrom('merchants')
      .select(['merchantNo', 'name'])
      .where((eb) => eb.or([eb('name', 'ilike', pattern), eb('merchantNo', 'ilike', pattern)]))
      .orderBy('name')
      .orderBy('merchantNo')
      .limit(listedAtMost + 1)
      .execute(),
  ])
  return { providers, merchants: merchants.slice(0, listedAtMost), more: merchants.length > listedAtMost }
}
