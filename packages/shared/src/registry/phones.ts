/**
 * Phones that a shop uses as a till for One Tap. Each is a terminal like any other, with a terminal's key. A phone is set up by a
 * link that the shop shows it: the link's secret works once and for ten minutes, and, like a key, is stored hashed.
 */

import { randomBytes } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Registry } from './connect.ts'
import { hashOf, issueKey } from './keys.ts'
import type { MerchantScope } from './scope.ts'
import type { RegistryTables } from './tables.ts'

export interface Phone {
  terminalNo: string
  /** What kind of phone it said it was, such as `iPhone`. */
  device: string
  setUpAt: Date
  /** Its key works. */
  active: boolean
}

/** What a phone is told when it is set up. The key is shown this once. */
export interface PhoneIdentity {
  merchantNo: string
  /** The shop's. */
  name: string
  terminalNo: string
  key: string
}

const setupForMs = 10 * 60_000
const longestDevice = 40

/** A phone in the registry. `08`: a phone that serves as a till. */
const terminalRecord = { deviceType: '08', vendor: 'Tillsight', model: 'One Tap' }

/** The secret of a link that sets up one phone of the merchant. It is seen this once. */
export async function offerSetup(
  registry: Registry,
  { merchantNo }: MerchantScope,
  now: number,
): Promise<{ secret: string; expiresAt: Date }> {
  const secret = randomBytes(24).toString('base64url')
  const expiresAt = new Date(now + setupForMs)
  await registry.deleteFrom('phoneSetups').where('expiresAt', '<', new Date(now)).execute()
  await registry
    .insertInto('phoneSetups')
    .values({ hash: hashOf(secret), merchantNo, expiresAt })
    .execute()
  return { secret, expiresAt }
}

/**
 * Makes the phone a terminal, or, where it still has the key that it was given at an earlier time, the terminal that it was: what
 * waits in it is then sent. Undefined where the secret is unknown, used or too old.
 */
export async function setUpPhone(
  registry: Registry,
  asked: { secret: string; device: string; earlierKey?: string | undefined },
  now: number,
): Promise<PhoneIdentity | undefined> {
  return registry.transaction().execute(async (tx) => {
    // Of several who open the link at once, one finds it.
    const setup = await tx
      .deleteFrom('phoneSetups')
      .where('hash', '=', hashOf(asked.secret))
      .where('expiresAt', '>', new Date(now))
      .returning('merchantNo')
      .executeTakeFirst()
    if (setup === undefined) return undefined
    const { merchantNo, name } = await tx
      .selectFrom('merchants')
      .where('merchantNo', '=', setup.merchantNo)
      .select(['merchantNo', 'name'])
      .forUpdate()
      .executeTakeFirstOrThrow()
    const terminalNo = (await earlierTerminal(tx, merchantNo, asked.earlierKey)) ?? (await newTerminal(tx, merchantNo))
    const { key } = await issueKey(tx, { role: 'terminal', merchantNo, terminalNo })
    const phone = { device: asked.device.slice(0, longestDevice), keyHash: hashOf(key) }
    await tx
      .insertInto('phones')
      .values({ merchantNo, terminalNo, ...phone })
      .onConflict((c) => c.columns(['merchantNo', 'terminalNo']).doUpdateSet({ ...phone, setUpAt: sql`now()` }))
      .execute()
    return { merchantNo, name, terminalNo, key }
  })
}

export async function listPhones(registry: Registry, { merchantNo }: MerchantScope): Promise<Phone[]> {
  const phones = await registry
    .selectFrom('phones')
    .leftJoin('keys', 'keys.hash', 'phones.keyHash')
    .where('phones.merchantNo', '=', merchantNo)
    .select(['phones.terminalNo', 'device', 'setUpAt', 'keys.id'])
    .orderBy('phones.terminalNo')
    .execute()
  return phones.map(({ id, ...phone }) => ({ ...phone, active: id !== null }))
}

/**
 * Takes the phone's key away, and its terminal out of the fleet. It can be set up again.
 * @param today the merchant's local day.
 */
export async function removePhone(
  registry: Registry,
  { merchantNo }: MerchantScope,
  terminalNo: string,
  today: string,
): Promise<void> {
  await registry.transaction().execute(async (tx) => {
    const phone = await tx
      .selectFrom('phones')
      .where('merchantNo', '=', merchantNo)
      .where('terminalNo', '=', terminalNo)
      .select('keyHash')
      .executeTakeFirst()
    if (phone === undefined) return
    await tx.deleteFrom('keys').where('hash', '=', phone.keyHash).execute()
    await retire(tx, { merchantNo, terminalNo }, today)
  })
}

type Tx = Transaction<RegistryTables>

/** The terminal that the phone proves to have been, of this merchant. Its earlier key works no more, and it is back in the fleet. */
async function earlierTerminal(tx: Tx, merchantNo: string, key: string | undefined): Promise<string | undefined> {
  if (key === undefined) return undefined
  const keyHash = hashOf(key)
  const phone = await tx
    .selectFrom('phones')
    .where('keyHash', '=', keyHash)
    .where('merchantNo', '=', merchantNo)
    .select('terminalNo')
    .executeTakeFirst()
  if (phone === undefined) return undefined
  await tx.deleteFrom('keys').where('hash', '=', keyHash).execute()
  await retire(tx, { merchantNo, terminalNo: phone.terminalNo }, null)
  return phone.terminalNo
}

/** The first number that no terminal of the merchant has. The merchant's row is locked meanwhile. */
async function newTerminal(tx: Tx, merchantNo: string): Promise<string> {
  const rows = await tx
    .selectFrom('terminals')
    .where('merchantNo', '=', merchantNo)
    .where('terminalNo', 'like', 'TAP_____')
    .select('terminalNo')
    .execute()
  const taken = new Set(rows.map((row) => row.terminalNo))
  let n = 1
  while (taken.has(numbered(n))) n += 1
  const terminalNo = numbered(n)
  await tx
    .insertInto('terminals')
    .values({ merchantNo, terminalNo, serialNo: null, firmware: null, retiredOn: null, ...terminalRecord })
    .execute()
  return terminalNo
}

const numbered = (n: number): string => `TAP${String(n).padStart(5, '0')}`

async function retire(
  tx: Tx,
  { merchantNo, terminalNo }: { merchantNo: string; terminalNo: string },
  retiredOn: string | null,
): Promise<void> {
  await tx
    .updateTable('terminals')
    .set({ retiredOn })
    .where('merchantNo', '=', merchantNo)
    .where('terminalNo', '=', terminalNo)
    .execute()
}
