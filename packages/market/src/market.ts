// The market as a value: who is in it. What happens there is asked of `checkoutsOf`, `streamOf` and `marketEvents`.
import { TIME_ZONE, dayAfter, midnightOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import { Random } from './random.ts'
import { CITIES, FIRST_NAMES, PROVIDERS, SHOPS } from './shops.ts'
import type { Shop } from './shops.ts'
import type { StoryName } from './stories.ts'
import { BAD_FIRMWARE, terminalRecord } from './tills.ts'
import type { TerminalRecord } from './tills.ts'
import type { Mcc } from './trades.ts'

export type MarketOptions = {
  seed: string | number
  /** How many shops, 1 to 9,999; the first twelve are the written ones. */
  merchants?: number
  /** How many tills, 1 to 29,000, instead of how many shops; the last shop may have fewer than it usually has. */
  terminals?: number
  /** How many providers share them out, twelve shops at a time, 1 to 4. */
  providers?: number
  /** The day the shops that come to take Huabei begin to (some tills a few days later). */
  turningDay?: Day
  /** The day a bad firmware begins to reach the open tills of one model (some a few days later); none does where not told. */
  badFirmwareFrom?: Day | undefined
  sharedTokens?: boolean
  /** An id that all shops have as their provider's, where it is none of the invented ones. */
  providerId?: string | undefined
}

export type Provider = { providerId: string; record: { name: string; sharedTokens: boolean } }

export type Terminal = {
  terminalNo: string
  record: TerminalRecord
  story: StoryName
  opensOn: Day | null
  /** The day it gets bad firmware. */
  spoiltOn: Day | null
}

export type Merchant = {
  merchantNo: string
  record: { name: string; providerId: string; mcc: Mcc; region: string; timeZone: string }
  terminals: readonly Terminal[]
  shop: Shop
  city: string
  /** The key its tills hash customers with: the provider's where tokens are shared, else its own. */
  tokenKey: string
}

export type Market = {
  seed: string
  /** What its checkouts' ids begin with; '' but for another lap. */
  mark: string
  providers: readonly Provider[]
  merchants: readonly Merchant[]
  /** Shops of one provider, city and trade: neighbours, and each other's peers. */
  streets: ReadonlyMap<string, readonly Merchant[]>
}

/** The same options always give the same market. `record`s are the bodies to PUT (contract section 3). */
export function market(options: MarketOptions): Market {
  const { terminals, providers = 1, turningDay = '2026-11-08', sharedTokens = true } = options
  if (terminals !== undefined && !(terminals >= 1 && terminals <= 29_000))
    throw new RangeError('terminals: 1 to 29,000')
  const merchants = terminals === undefined ? (options.merchants ?? 12) : shopsWith(terminals)
  if (!(merchants >= 1 && merchants <= 9_999)) throw new RangeError('merchants: 1 to 9,999')
  if (!(providers >= 1 && providers <= PROVIDERS.length)) throw new RangeError(`providers: 1 to ${PROVIDERS.length}`)
  midnightOf(turningDay)
  const seed = String(options.seed)
  const { providerId, badFirmwareFrom } = options
  const given = { seed, providers, turningDay, sharedTokens, providerId, badFirmwareFrom }
  const all = Array.from({ length: merchants }, (_, i) => merchantAt(i, given))
  if (terminals !== undefined) trim(all, terminals)
  return {
    seed,
    mark: '',
    providers: PROVIDERS.slice(0, providers).map(({ id, name }) => ({
      providerId: id,
      record: { name, sharedTokens },
    })),
    merchants: all,
    streets: Map.groupBy(all, streetOf),
  }
}

/**
 * The same shops, tills and customers' tokens with other trade over the same days, so that both can be sent to one place: no
 * checkout of one lap, or of another seed's, has the id of another's.
 */
export function lapOf(of: Market, lap: number): Market {
  const mark = `${new Random(of.seed, 'mark').word().toString(36)}-${lap}-`
  return { ...of, seed: `${of.seed}/lap ${lap}`, mark }
}

function shopsWith(terminals: number): number {
  let shops = 0
  for (let tills = 0; tills < terminals; shops += 1) tills += at(SHOPS, shops).tills.length
  return shops
}

/** Leaves so many tills in all. */
function trim(merchants: Merchant[], terminals: number): void {
  const last = merchants.pop()
  const before = merchants.reduce((sum, merchant) => sum + merchant.terminals.length, 0)
  if (last !== undefined) merchants.push({ ...last, terminals: last.terminals.slice(0, terminals - before) })
}

function merchantAt(i: number, options: Required<Omit<MarketOptions, 'merchants' | 'terminals'>>): Merchant {
  const shop = at(SHOPS, i)
  const block = Math.floor(i / SHOPS.length)
  const provider = at(PROVIDERS, block % options.providers)
  const city = at(CITIES, Math.floor(block / options.providers))
  const merchantNo = `${provider.prefix}${city.area}${shop.mcc}${String(i + 1).padStart(4, '0')}`
  return {
    merchantNo,
    record: {
      name: block === 0 ? shop.name : composedName(shop, city.name, block, i),
      providerId: options.providerId ?? provider.id,
      mcc: shop.mcc,
      region: at(city.districts, i),
      timeZone: TIME_ZONE,
    },
    terminals: shop.tills.map(({ story, opensAfter }, n) => {
      const record = terminalRecord(new Random(options.seed, merchantNo, 'till', n), story)
      const spoils = story === 'open' && record.model === BAD_FIRMWARE.model ? options.badFirmwareFrom : undefined
      return {
        terminalNo: String(10_000_001 + n),
        record,
        story,
        opensOn: opensAfter === undefined ? null : dayAfter(options.turningDay, opensAfter),
        spoiltOn: spoils === undefined ? null : dayAfter(spoils, n),
      }
    }),
    shop,
    city: city.name,
    tokenKey: `${options.seed}/tokens/${options.sharedTokens ? provider.id : merchantNo}`,
  }
}

function composedName(shop: Shop, city: string, block: number, i: number): string {
  const round = Math.floor(block / FIRST_NAMES.length)
  return `${at(FIRST_NAMES, block + i)}${shop.sign}${round === 0 ? '' : `（${city}${round + 1}店）`}`
}

/** The shop whose lost customers try this one next, or null. The shops of a street form a ring. */
export function neighbourOf(of: Market, merchant: Merchant): Merchant | null {
  const ring = of.streets.get(streetOf(merchant)) ?? []
  return ring.length < 2 ? null : at(ring, ring.indexOf(merchant) + ring.length - 1)
}

/** The registry as lines for `POST /api/v1/registry/import`; providers are PUT one by one before. */
export function* registryLines(
  of: Market,
): Generator<{ kind: 'merchant' | 'terminal'; merchantNo: string; [field: string]: unknown }> {
  for (const { merchantNo, record } of of.merchants) yield { kind: 'merchant', merchantNo, ...record }
  for (const { merchantNo, terminals } of of.merchants) {
    for (const { terminalNo, record } of terminals) yield { kind: 'terminal', merchantNo, terminalNo, ...record }
  }
}

function streetOf(merchant: Merchant): string {
  return `${merchant.record.providerId}/${merchant.record.region.slice(0, 4)}/${merchant.record.mcc}`
}

function at<T>(items: readonly T[], i: number): T {
  const item = items[i % items.length]
  if (item === undefined) throw new RangeError('nothing to choose from')
  return item
}
