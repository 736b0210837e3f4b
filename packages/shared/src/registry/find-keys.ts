import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import { issuedBelow, recordOf, type KeyRecord, type KeysBelow } from './keys.ts'
import { found, pattern, type Found, type Search } from './search.ts'

/** A part of the keys below `holder`, the newest first. @param text part of a merchant's or terminal's number, or of the key's id. */
export async function findKeys(
  registry: Registry,
  holder: KeysBelow,
  { text, offset, limit }: Search,
): Promise<Found<KeyRecord>> {
  const like = pattern(text)
  const rows = await issuedBelow(registry, holder)
    .where((eb) =>
      eb.or(['keys.merchantNo', 'keys.terminalNo', 'keys.id'].map((column) => eb(sql.ref(column), 'ilike', like))),
    )
    .select(sql<number>`count(*) OVER ()::int`.as('total'))
    .orderBy('keys.createdAt', 'desc')
    .orderBy('keys.id')
    .offset(offset)
    .limit(limit)
    .execute()
  return found(rows.map(recordOf))
}
