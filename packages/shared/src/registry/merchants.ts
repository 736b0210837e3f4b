import type { Registry } from './connect.ts'
import type { Principal } from './keys.ts'
import { InvalidRecord, type MerchantRecord } from './records.ts'
import { mayActFor, type ProviderScope } from './scope.ts'

export const defaultTimeZone = 'Asia/Shanghai'

/** `outOfScope`: the merchant is another provider's. `hasEvents`: provider and time zone stand once there are events. */
export type PutMerchant = 'created' | 'replaced' | 'outOfScope' | 'hasEvents'

export async function putMerchant(
  registry: Registry,
  principal: Principal,
  merchantNo: string,
  record: MerchantRecord,
): Promise<PutMerchant> {
  if (!mayActFor(principal, record.providerId)) return 'outOfScope'
  const { name, providerId, mcc, region } = record
  const timeZone = ownSpelling(record.timeZone ?? defaultTimeZone)
  const values = { name, providerId, mcc, region, timeZone }
  return registry.transaction().execute(async (tx) => {
    const provider = await tx
      .selectFrom('providers')
      .where('providerId', '=', providerId)
      .select('providerId')
      .executeTakeFirst()
    if (provider === undefined) throw new InvalidRecord('/providerId', 'there is no such provider', 'noProvider')
    const inserted = await tx
      .insertInto('merchants')
      .values({ merchantNo, ...values })
      .onConflict((c) => c.column('merchantNo').doNothing())
      .returning('merchantNo')
      .executeTakeFirst()
    if (inserted !== undefined) return 'created'
    // Locked until the transaction ends, so that a first event can't slip in between the question and the change.
    const known = await tx
      .selectFrom('merchants')
      .where('merchantNo', '=', merchantNo)
      .select(['providerId', 'timeZone', 'hasEvents'])
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (!mayActFor(principal, known.providerId)) return 'outOfScope'
    if (known.hasEvents && (known.providerId !== providerId || known.timeZone !== timeZone)) return 'hasEvents'
    await tx.updateTable('merchants').set(values).where('merchantNo', '=', merchantNo).execute()
    return 'replaced'
  })
}

/** `asia/shanghai` is Asia/Shanghai. Another name of the same zone stays what it is. */
export function ownSpelling(timeZone: string): string {
  const known = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  return known.toLowerCase() === timeZone.toLowerCase() ? known : timeZone
}

export const getMerchant = (registry: Registry, merchantNo: string) =>
  registry
    .selectFrom('merchants')
    .where('merchantNo', '=', merchantNo)
    .select(['merchantNo', 'name', 'providerId', 'mcc', 'region', 'timeZone'])
    .executeTakeFirst()

/** Whether any merchant of the provider ever had an event. */
export async function hasEvents(registry: Registry, { providerId }: ProviderScope): Promise<boolean> {
  const one = await registry
    .selectFrom('merchants')
    .where('providerId', '=', providerId)
    .where('hasEvents', '=', true)
    .select('merchantNo')
    .limit(1)
    .executeTakeFirst()
  return one !== undefined
}

/** What the provider's merchants among these are called, by number. */
export async function merchantNames(
  registry: Registry,
  { providerId }: ProviderScope,
  merchantNos: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (merchantNos.length === 0) return new Map()
  const rows = await registry
    .selectFrom('merchants')
    .where('providerId', '=', providerId)
    .where('merchantNo', 'in', [...new Set(merchantNos)])
    .select(['merchantNo', 'name'])
    .execute()
  return new Map(rows.map(({ merchantNo, name }) => [merchantNo, name]))
}
