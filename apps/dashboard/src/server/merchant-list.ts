import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

export interface ListedMerchant {
  merchantNo: string
  name: string
}

const listedAtMost = 200

/** The merchants that an operator or a provider may see, by name or number. Everybody else sees none. */
export async function merchantsOf(
  principal: Principal | undefined,
  search: string,
): Promise<{ merchants: ListedMerchant[]; more: boolean }> {
  if (principal?.role !== 'operator' && principal?.role !== 'provider') return { merchants: [], more: false }
  let query = providedStores().registry.selectFrom('merchants').select(['merchantNo', 'name'])
  if (principal.role === 'provider') query = query.where('providerId', '=', principal.providerId)
  if (search !== '') {
    const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('merchantNo', 'ilike', pattern)]))
  }
  const merchants = await query
    .orderBy('name')
    .orderBy('merchantNo')
    .limit(listedAtMost + 1)
    .execute()
  return { merchants: merchants.slice(0, listedAtMost), more: merchants.length > listedAtMost }
}
