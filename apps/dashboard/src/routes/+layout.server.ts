import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { returnPath } from '#server/return-path.ts'
import type { LayoutServerLoad } from './$types'

/** Only what the frame of a page needs: whether there is somebody to sign out, and the list that there is to go back to. */
export const load: LayoutServerLoad = ({ locals: { principal }, url }) => {
  const list = listFor(principal)
  const back = returnPath(url.searchParams.get('back'), url.origin)
  return { role: principal?.role ?? null, list: list === null || back === '/' ? list : back }
}

function listFor(principal: Principal | undefined): string | null {
  if (principal?.role === 'operator') return '/'
  return principal?.role === 'provider' ? `/p/${principal.providerId}/merchants` : null
}
