import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import { issuedBelow, recordOf, type KeyRecord, type KeysBelow } from './keys.ts'
import { found, patterns, type Found, type Search } from './search.ts'

export interface FoundKey extends KeyRecord {
  /** Of its merchant; null: it has none, or the merchant is gone. */
  name: string | null
}

/**
 * A part of the keys below `holder`, the newest first.
 * @param text part of a merchant's name or number, of a terminal's number, of both numbers with a blank between, or of the key's id.
 */
export async function findKeys(
  registry: Registry,
  holder: KeysBelow,
  { text, offset, limit }: Search,
): Promise<Found<FoundKey>> {
  const likes = sql`ANY(${patterns(text)}::text[])`
  const rows = await issuedBelow(registry, holder)
    .where(
      sql<boolean>`(merchants.name ILIKE ${likes} OR keys.id ILIKE ${likes}
        OR concat_ws(' ', keys."merchantNo", keys."terminalNo") ILIKE ${likes})`,
    )
    .select('merchants.name')
    .select(sql<number>`count(*) OVER ()::int`.as('total'))
    .orderBy('keys.createdAt', 'desc')
    .orderBy('keys.id')
    .offset(offset)
    .limit(limit)
    .execute()
  return found(rows.map(recordOf))
}
