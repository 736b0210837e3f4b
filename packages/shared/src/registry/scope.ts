/**
 * Who may see what: the one place that decides it. A merchant's or provider's data is only ever asked for with the value
 * that a function of this file returned (`MerchantScope`, `ProviderScope`); nothing else makes one.
 */

import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import type { Principal } from './keys.ts'
import { packedRows } from './packed-rows.ts'

declare const granted: unique symbol

/** A merchant whose events a query may read: to answer with its figures, or only with what it and many others have in common. */
export type Tenant = MerchantScope | PeerScope

interface TenantOf<Sight extends string> {
  readonly [granted]: Sight
  readonly merchantNo: string
  readonly providerId: string
  /** IANA name, for local days. */
  readonly timeZone: string
}

/** A merchant whose data the asker may read. */
export type MerchantScope = TenantOf<'its own'>

/** A merchant that the asker's merchant may be compared with. Nothing of it may be told but in the figures of a cohort. */
export type PeerScope = TenantOf<'in a cohort'>

/** A provider whose data the asker may read, and change where `mayWrite` says so. */
export interface ProviderScope {
  readonly [granted]: true
  readonly providerId: string
}

/** A merchant with those it may be compared with: the merchants with its MCC in its city, of every provider. */
export interface Cohort {
  readonly own: MerchantScope
  readonly peers: readonly PeerScope[]
  /** One customer has the same token at all merchants of `own`'s provider. */
  readonly sharedTokens: boolean
}

/** Whose refused events the asker may see and replay: those that `poster`'s keys posted; undefined: everybody's. */
export interface QuarantineScope {
  readonly [granted]: true
  readonly poster: string | undefined
}

/**
 * What a principal is about to do with a merchant; `phones`: to set up and remove the phones it uses as tills; `declare`: to say
 * why it does not take Huabei.
 */
export type Intent = 'read' | 'write' | 'phones' | 'declare'

/**
 * The rule of contract section 2, for a merchant that belongs to `providerId`. Phones and declaring are beside it: only the
 * dashboard asks for them, for the owner who is signed in. By the API a merchant's key reads, and nothing else.
 */
function mayReach(principal: Principal, merchant: { merchantNo: string; providerId: string }, intent: Intent): boolean {
  switch (principal.role) {
    case 'operator':
      return true
    case 'provider':
      return principal.providerId === merchant.providerId
    case 'merchant':
      return intent !== 'write' && principal.merchantNo === merchant.merchantNo
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
  return (await merchantScopes(registry, principal, [merchantNo], intent)).get(merchantNo)
}

/** Those of the merchants with which the principal may, by number. */
export async function merchantScopes(
  registry: Registry,
  principal: Principal,
  merchantNos: readonly string[],
  intent: Intent,
): Promise<ReadonlyMap<string, MerchantScope>> {
  const named = merchantNos.filter(canExist)
  if (named.length === 0) return new Map()
  const merchants = await registry
    .selectFrom('merchants')
    .where('merchantNo', 'in', named)
    .select(['merchantNo', 'providerId', 'timeZone'])
    .execute()
  const may = merchants.filter((merchant) => mayReach(principal, merchant, intent))
  return new Map(may.map((merchant) => [merchant.merchantNo, merchant as MerchantScope]))
}

/** The first four digits of a GB/T 2260 code name the city (contract section 3). */
const cityDigits = 4
export const cityOf = (region: string): string => region.slice(0, cityDigits)

/** Who may see a merchant's figures may see how it stands in its cohort. */
export async function cohortOf(registry: Registry, own: MerchantScope): Promise<Cohort> {
  // Written out, as in the index.
  const city = sql.lit(cityDigits)
  const { rows } = await sql<PeerScope & { sharedTokens: boolean }>`
    SELECT m."merchantNo", m."providerId", m."timeZone", p."sharedTokens"
    FROM merchants me
    JOIN merchants m ON m.mcc = me.mcc AND left(m.region, ${city}) = left(me.region, ${city})
    JOIN providers p ON p."providerId" = m."providerId"
    WHERE me."merchantNo" = ${own.merchantNo}`.execute(registry)
  return {
    own,
    peers: rows.filter(({ merchantNo }) => merchantNo !== own.merchantNo),
    sharedTokens: rows.some(({ merchantNo, sharedTokens }) => merchantNo === own.merchantNo && sharedTokens),
  }
}

/** All merchants of a provider: who may see the provider's figures may see each of theirs. */
export async function merchantsOf(registry: Registry, { providerId }: ProviderScope): Promise<MerchantScope[]> {
  const merchants = await packedRows<{ merchantNo: string; timeZone: string }>(
    registry,
    { merchantNo: sql`"merchantNo"`, timeZone: sql`"timeZone"` },
    sql`merchants WHERE "providerId" = ${providerId}`,
  )
  return merchants.map((merchant) => ({ ...merchant, providerId }) as MerchantScope)
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

/** The principal as it acts on a provider's pages: with the rights of that provider, also where it is the operator. */
export const actingFor = ({ keyId }: Principal, { providerId }: ProviderScope): Principal => ({
  keyId,
  role: 'provider',
  providerId,
})

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
