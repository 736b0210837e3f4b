import type { Principal } from '@tillsight/shared/registry/keys.ts'
import type { LayoutServerLoad } from './$types'

/** Only what the frame of a page needs: whether there is somebody to sign out, and the list that there is to go back to. */
export const load: LayoutServerLoad = ({ locals: { principal } }) => ({
  role: principal?.role ?? null,
  list: listFor(principal),
})

function listFor(principal: Principal | undefined): string | null {
  if (principal?.role === 'operator') return '/'
  return principal?.role === 'provider' ? `/p/${principal.providerId}/merchants` : null
}
