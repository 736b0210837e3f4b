/** Keys: shown once, stored hashed, looked up by their hash. A key names its holder: the `Principal`. */

import { hash as digest, randomBytes, randomUUID } from 'node:crypto'
import type { Registry } from './connect.ts'

/** Who is asking, and by which key. What each may see is decided in scope.ts. */
export type Principal = { keyId: string } & (
  | { role: 'operator' }
  | { role: 'provider'; providerId: string }
  | { role: 'merchant'; providerId: string; merchantNo: string }
  | { role: 'terminal'; providerId: string; merchantNo: string; terminalNo: string }
)

/** What a key is issued for. */
export type KeyHolder =
  | { role: 'provider'; providerId: string }
  | { role: 'merchant'; merchantNo: string }
  | { role: 'terminal'; merchantNo: string; terminalNo: string }

export interface KeyRecord {
  id: string
  role: string
  providerId: string | null
  merchantNo: string | null
  terminalNo: string | null
  createdAt: string
  lastUsedAt: string | null
}

const operatorKeyId = 'operator'

/** 256 random bits need no slow hash: they can't be guessed, and the hash is looked up on every request. */
export const hashOf = (key: string): string => digest('sha256', key, 'base64url')
const newKey = (): string => `ts_${randomBytes(32).toString('base64url')}`

/**
 * Makes `adminKey` the operator key. Without one, keeps the stored key, or else makes one and returns it: the only time it is
 * seen. Of several processes that start at once, one makes it.
 */
export async function ensureOperatorKey(registry: Registry, adminKey: string | undefined): Promise<string | undefined> {
  const key = adminKey ?? newKey()
  const hash = hashOf(key)
  const insert = registry.insertInto('keys').values({ id: operatorKeyId, hash, role: 'operator' })
  if (adminKey !== undefined) {
    await insert.onConflict((c) => c.column('id').doUpdateSet({ hash })).execute()
    return undefined
  }
  const made = await insert
    .onConflict((c) => c.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  return made === undefined ? undefined : key
}

export async function issueKey(registry: Registry, holder: KeyHolder): Promise<{ id: string; key: string }> {
  const id = randomUUID()
  const key = newKey()
  await registry
    .insertInto('keys')
    .values({ id, hash: hashOf(key), ...holder })
    .execute()
  return { id, key }
}

/** Every key that may be listed and revoked: all but the operator's own, which only `ADMIN_KEY` replaces. */
const issuedKeys = (registry: Registry) =>
  registry
    .selectFrom('keys')
    .leftJoin('merchants', 'merchants.merchantNo', 'keys.merchantNo')
    .where('keys.role', '!=', 'operator')
    .select((eb) => [
      'keys.id',
      'keys.role',
      eb.fn.coalesce('keys.providerId', 'merchants.providerId').as('providerId'),
      'keys.merchantNo',
      'keys.terminalNo',
      'keys.createdAt',
      'keys.lastUsedAt',
    ])

/** For the operator all; for a provider those of its merchants and their terminals. */
export type KeysBelow = { providerId: string } | 'all'

export function issuedBelow(registry: Registry, holder: KeysBelow) {
  const query = issuedKeys(registry)
  if (holder === 'all') return query
  return query.where('merchants.providerId', '=', holder.providerId).where('keys.role', 'in', ['merchant', 'terminal'])
}

export const recordOf = <Row extends { createdAt: Date; lastUsedAt: Date | null }>(row: Row) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
})

/** The keys below `holder`. */
export async function listKeys(registry: Registry, holder: KeysBelow): Promise<KeyRecord[]> {
  const rows = await issuedBelow(registry, holder).orderBy('keys.createdAt').orderBy('keys.id').execute()
  return rows.map(recordOf)
}

/** Revokes a key below `holder`; false where there is no such key there. */
export async function revokeKey(registry: Registry, holder: KeysBelow, id: string): Promise<boolean> {
  if (id.includes('\0')) return false
  const known = await issuedBelow(registry, holder).where('keys.id', '=', id).executeTakeFirst()
  if (known === undefined) return false
  await registry.deleteFrom('keys').where('id', '=', id).execute()
  return true
}

/** A key is looked up again after this long, so that a revoked one stops working within 5 s in every process. */
const rememberedForMs = 2_000
/** How fresh `lastUsedAt` is kept. */
const usedEveryMs = 60_000
/** So that a flood of invented keys can't fill the memory. */
const rememberedAtMost = 50_000

/** Looks up who a key belongs to; remembers the answer for a moment, because every request asks. */
export class KeyRing {
  readonly #registry: Registry
  readonly #remembered = new Map<string, { principal: Principal; until: number }>()
  /** Many may ask for the same key at once: then it is looked up once. */
  readonly #lookingUp = new Map<string, { since: number; lookup: Promise<Principal | undefined> }>()
  readonly #used = new Map<string, number>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** The holder of `key`, or undefined where it is unknown or revoked. */
  async principalOf(key: string): Promise<Principal | undefined> {
    const hash = hashOf(key)
    const remembered = this.#remembered.get(hash)
    if (remembered !== undefined && Date.now() < remembered.until) return remembered.principal
    const already = this.#lookingUp.get(hash)
    // One that began long ago may have read the key before it was revoked.
    if (already !== undefined && Date.now() < already.since + rememberedForMs) return already.lookup
    const lookup = this.#lookUp(hash).finally(() => {
      if (this.#lookingUp.get(hash)?.lookup === lookup) this.#lookingUp.delete(hash)
    })
    this.#lookingUp.set(hash, { since: Date.now(), lookup })
    return lookup
  }

  async #lookUp(hash: string): Promise<Principal | undefined> {
    const now = Date.now()
    const row = await this.#registry
      .selectFrom('keys')
      .leftJoin('merchants', 'merchants.merchantNo', 'keys.merchantNo')
      .where('hash', '=', hash)
      .select((eb) => [
        'keys.id as keyId',
        'role',
        eb.fn.coalesce('keys.providerId', 'merchants.providerId').as('providerId'),
        'keys.merchantNo',
        'keys.terminalNo',
      ])
      .executeTakeFirst()
    if (row === undefined) {
      this.#remembered.delete(hash)
      return undefined
    }
    const principal = row as Principal
    if (this.#remembered.size >= rememberedAtMost) this.#remembered.clear()
    this.#remembered.set(hash, { principal, until: now + rememberedForMs })
    await this.#markUsed(principal.keyId, now)
    return principal
  }

  async #markUsed(id: string, now: number): Promise<void> {
    if (now - (this.#used.get(id) ?? 0) < usedEveryMs) return
    if (this.#used.size >= rememberedAtMost) this.#used.clear()
    this.#used.set(id, now)
    await this.#registry
      .updateTable('keys')
      .set({ lastUsedAt: new Date(now) })
      .where('id', '=', id)
      .execute()
  }
}
