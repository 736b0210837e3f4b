import { fail, redirect } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { changed } from '#lib/address.ts'
import { declare, tapIn } from '#server/declare.ts'
import { merchantIn } from '#server/merchant.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  /** Declares the cause that was tapped, or takes the last one back. */
  declare: async (event) => {
    const { locals, request, url } = event
    try {
      const merchant = await merchantIn(event, 'declare')
      const tap = tapIn(await request.formData())
      if (tap === undefined || locals.principal === undefined) return fail(400, { undeclared: true })
      await declare(merchant, locals.principal, tap)
    } catch (reason) {
      if (!(reason instanceof Problem)) throw reason
      return fail(reason.status, { undeclared: true })
    }
    // Without script the answer is the page itself, at its own address: to be loaded again without declaring again.
    if (request.headers.get('x-sveltekit-action') === null) redirect(303, changed(url, {}))
    return { undeclared: false }
  },
}
