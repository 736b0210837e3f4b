import { error } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { getMerchant } from '@tillsight/shared/registry/merchants.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { merchantIn } from '#server/merchant.ts'
import type { LayoutServerLoad } from './$types'

/** Whose pages these are, also while its figures are worked out. */
export const load: LayoutServerLoad = async (event) => {
  try {
    const { merchantNo } = await merchantIn(event)
    const record = await getMerchant(providedStores().registry, merchantNo)
    return { shopName: record?.name ?? merchantNo }
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) error(404)
    throw problem
  }
}
