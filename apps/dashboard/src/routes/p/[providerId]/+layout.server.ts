import { error } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { getProvider } from '@tillsight/shared/registry/providers.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { providerIn } from '#server/provider.ts'
import type { LayoutServerLoad } from './$types'

/** Whose pages these are, also where one shows no figures. */
export const load: LayoutServerLoad = async (event) => {
  try {
    const { providerId } = await providerIn(event)
    const record = await getProvider(providedStores().registry, providerId)
    return { providerName: record?.name ?? providerId }
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) error(404)
    throw problem
  }
}
