import { error } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { firstSteps } from '@tillsight/shared/registry/first-steps.ts'
import { getMerchant } from '@tillsight/shared/registry/merchants.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { merchantIn } from '#server/merchant.ts'
import { localDay } from '#server/presets.ts'
import type { LayoutServerLoad } from './$types'

/** Whose pages these are, also while its figures are worked out, and how far it has come before there are any. */
export const load: LayoutServerLoad = async (event) => {
  try {
    const merchant = await merchantIn(event)
    const { merchantNo } = merchant
    const { registry } = providedStores()
    const [record, steps] = await Promise.all([
      getMerchant(registry, merchantNo),
      firstSteps(registry, merchant, localDay(Date.now(), merchant.timeZone)),
    ])
    return { shopName: record?.name ?? merchantNo, steps }
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) error(404)
    throw problem
  }
}
