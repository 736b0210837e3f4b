/** The signed-in key: an HttpOnly cookie, looked up again at every request, so that a revoked key stops working at once. */

import type { Cookies } from '@sveltejs/kit'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

const cookieName = 'tillsight_key'
const rememberedForSeconds = 30 * 24 * 3600
const longestKey = 512

export const keyIn = (cookies: Cookies): string | undefined => cookies.get(cookieName)

/** The holder of a key that may look at pages. A terminal's may not, and is answered like a key that does not exist. */
export async function visitorWith(key: string | undefined): Promise<Principal | undefined> {
  if (key === undefined || key === '' || key.length > longestKey) return undefined
  const principal = await providedStores().keys.principalOf(key)
  return principal?.role === 'terminal' ? undefined : principal
}

export function remember(cookies: Cookies, key: string, url: URL): void {
  cookies.set(cookieName, key, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    maxAge: rememberedForSeconds,
  })
}

export function forget(cookies: Cookies, url: URL): void {
  cookies.delete(cookieName, { path: '/', secure: url.protocol === 'https:' })
}
