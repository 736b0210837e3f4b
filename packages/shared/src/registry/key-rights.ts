/** Which keys a principal may issue, list and revoke: by what scope.ts says it may reach. */

import type { Registry } from './connect.ts'
import type { KeyHolder, KeysBelow, Principal } from './keys.ts'
import { mayActFor, merchantScope, providerScope } from './scope.ts'
import { getTerminal } from './terminals.ts'

/** Whether the principal may issue a key for that holder, and there is such a holder. */
export async function mayIssue(registry: Registry, principal: Principal, holder: KeyHolder): Promise<boolean> {
  if (holder.role === 'provider') {
    return principal.role === 'operator' && (await providerScope(registry, principal, holder.providerId)) !== undefined
  }
  const merchant = await merchantScope(registry, principal, holder.merchantNo, 'write')
  if (merchant === undefined) return false
  return holder.role === 'merchant' || (await getTerminal(registry, merchant, holder.terminalNo)) !== undefined
}

/** Whose keys the principal may list and revoke; undefined where it may none. */
export function keysBelow(principal: Principal): KeysBelow | undefined {
  if (principal.role === 'operator') return 'all'
  if (principal.role === 'provider' && mayActFor(principal, principal.providerId))
    return { providerId: principal.providerId }
  return undefined
}
