import { error, redirect } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { changeCode } from '@tillsight/shared/registry/codes.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { providerIn } from '#server/provider.ts'
import { returnPath } from '#server/return-path.ts'
import type { Actions } from './$types'
import { changeIn } from './rows.ts'

export const actions: Actions = {
  /** Only what was previewed is posted; anything else was made by hand. */
  change: async ({ locals, params, request, url }) => {
    try {
      const provider = await providerIn({ locals, params })
      const fields = await request.formData()
      const change = changeIn(fields)
      if (change === undefined || locals.principal === undefined) error(400)
      await changeCode(providedStores().registry, provider, change, change.to, locals.principal)
      redirect(303, returnPath(fields.get('back'), url.origin))
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 404) error(404)
      throw problem
    }
  },
}
