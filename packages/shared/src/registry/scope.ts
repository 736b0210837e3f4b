/**
 * Who may see what: the one place that decides it. A merchant's or provider's data is only ever asked for with the value
 * that a function of this file returned (`MerchantScope`, `ProviderScope`); nothing else makes one.
 */

import type { Registry } from './connect.ts'
import type { Principal } from './keys.ts'

declare const granted: unique symbol

/** A merchant whose data the asker may read. */
export interface MerchantScope {
  readonly [granted]: true
  readonly merchantNo: string
  readonly providerId: string
  /** IANA name, for local days. */
  readonly timeZone: string
}

/** A provider whose data the asker may read, and change where `mayWrite` says so. */
export interface ProviderScope {
  readonly [granted]: true
  readonly providerId: string
}

/** Whose refused events the asker may see and replay: those that `poster`'s keys posted; undefined: everybody's. */
export interface QuarantineScope {
  readonly [granted]: true
  readonly poster: string | undefined
}

/** What a principal is about to do with a merchant. */
export type Intent = 'read' | 'write'

/** The rule of contract section 2, for a merchant that belongs to `providerId`. */
function mayReach(principal: Principal, merchant: { merchantNo: string; providerId: string }, intent: Intent): boolean {
  switch (principal.role) {
    case 'operator':
      return true
    case 'provider':
      return principal.providerId === merchant.providerId
    case 'merchant':
      return intent === 'read' && principal.merchantNo === merchant.merchantNo
    case 'terminal':
      return false
  }
}

/** No id has a NUL in it, and Postgres can't even be asked for one. */
export const canExist = (id: string): boolean => !id.includes('\0')

/** The merchant, where the principal may; undefined where it may not or there is none: nobody learns which. */
export async function merchantScope(
  registry: Registry,
  principal: Principal,
  merchantNo: string,
  intent: Intent,
): Promise<MerchantScope | undefined> {
  if (!canExist(merchantNo)) return undefined
  const merchant = await registry
    .selectFrom('merchants')
    .where('merchantNo', '=', merchantNo)
    .select(['merchantNo', 'providerId', 'timeZone'])
    .executeTakeFirst()
  if (merchant === undefined || !mayReach(principal, merchant, intent)) return undefined
  return merchant as MerchantScope
}

/** The provider, where the principal is the operator or that provider. */
export async function providerScope(
  registry: Registry,
  principal: Principal,
  providerId: string,
): Promise<ProviderScope | undefined> {
  if (!mayActFor(principal, providerId) || !canExist(providerId)) return undefined
  const provider = await registry
    .selectFrom('providers')
    .where('providerId', '=', providerId)
    .select('providerId')
    .executeTakeFirst()
  return provider as ProviderScope | undefined
}

/** Whether the principal may register merchants under `providerId`, and issue keys there. */
export const mayActFor = (principal: Principal, providerId: string): boolean =>
  principal.role === 'operator' || (principal.role === 'provider' && principal.providerId === providerId)

/** The quarantine as the principal may see it; undefined where it may see nothing of it. */
export function quarantineScope(principal: Principal): QuarantineScope | undefined {
  if (principal.role === 'operator') return { poster: undefined } as QuarantineScope
  return principal.role === 'provider' ? ({ poster: principal.providerId } as QuarantineScope) : undefined
}

/** Under whose name refused events of the principal are kept: its provider's, or the operator's own. */
export const posterOf = (principal: Principal): string =>
  principal.role === 'operator' ? operatorPoster : principal.providerId

/** No provider is called so. */
const operatorPoster = ''

/** Whether the principal may post events at all. A merchant key may not. */
export const mayPost = (principal: Principal): boolean => principal.role !== 'merchant'

/** What the registry says of the terminal that an event names as its source. */
export interface Origin {
  /** Undefined where the merchant is not registered. */
  providerId: string | undefined
  registered: boolean
}

/** Whether the principal may post this event; `unknown_terminal` only ever speaks of the caller's own merchants. */
export function postingRefusal(
  principal: Principal,
  source: { merchantNo: string; terminalNo: string },
  origin: Origin,
): 'source_not_allowed' | 'unknown_terminal' | undefined {
  const own =
    principal.role === 'operator' ||
    (principal.role === 'provider' && principal.providerId === origin.providerId) ||
    (principal.role === 'terminal' &&
      principal.merchantNo === source.merchantNo &&
      principal.terminalNo === source.terminalNo)
  if (!own) return 'source_not_allowed'
  return origin.registered ? undefined : 'unknown_terminal'
}
