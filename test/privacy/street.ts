/** Streets for an attacker to look into: shops that share an MCC and a city that nobody else has, and what they did week by week. */

import type { Competitiveness } from '@tillsight/shared/metrics/competitiveness.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { afterAll, beforeAll, test } from 'vitest'
import { eventsOf, type Deed } from '../judge/deeds.ts'
import { addDays, localDay, startOfDay } from '../judge/local-time.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { openHouse, post, type House } from '../support/house.ts'

export const hour = 3_600_000
export const day = 24 * hour
export const terminalNo = '10000001'

const thisMonday = addDays('2020-01-06', 7 * Math.floor(daysSince('2020-01-06') / 7))
function daysSince(date: string): number {
  return (Date.parse(localDay(Date.now(), 'Asia/Shanghai')) - Date.parse(date)) / day
}

/** The Monday of week `n` of eight, all of them over for a month. */
export const mondayOf = (n: number): string => addDays(thisMonday, 7 * (n - 12))
/** From the Monday of a week to the Sunday of another. */
export const weeks = (first: number, last = first): Range => ({
  from: mondayOf(first),
  to: addDays(mondayOf(last), 6),
})
export const shifted = ({ from, to }: Range, first: number, last: number): Range => ({
  from: addDays(from, first),
  to: addDays(to, last),
})
export interface Range {
  from: string
  to: string
}

export interface Shop {
  merchantNo: string
  providerId: string
  mcc: string
  region: string
  timeZone: string
}

export interface Street {
  /** The attacker's shop and its provider's others. */
  own: Shop
  siblings: Shop[]
  /** Of two other providers, in turn. */
  rivals: Shop[]
}

let streets = 0
let shops = 0
let visits = 0
/** What is to be registered and to be posted: all at once, before the first test. */
const plan: { rows: unknown[]; events: WireEvent[] } = { rows: [], events: [] }

let opened: House | undefined
/** The house of this test file, in which everything told so far has happened. */
export function house(): House {
  if (opened === undefined) throw new Error('the house opens before the first test')
  return opened
}

/** A promise, and the story that it is tried on: what is told before the check is returned happens before the first test. */
export const given = (title: string, story: () => () => Promise<void>): void => test(title, story())

/** Has a house opened for this test file, after all of its stories were told. */
export function openHouseForAll(): void {
  beforeAll(async () => {
    opened = await openHouse()
    await happens()
  })
  afterAll(() => opened?.stop())
}

/** Makes happen what was told since, and waits until every answer knows of it. */
export async function happens(): Promise<void> {
  if (plan.rows.length > 0) await importRows(plan.rows.splice(0))
  if (plan.events.length > 0) await post(house(), plan.events.splice(0))
  const since = Date.now()
  const { rollup } = providedStores().events
  while (rollup.rolledTo < since) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function importRows(rows: readonly unknown[]): Promise<void> {
  const { refused } = await house().json<{ refused: unknown[] }>('POST', '/api/v1/registry/import', {
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`)
}

export function openStreet({ rivals = 5, siblings = 0, sharedTokens = false } = {}): Street {
  streets += 1
  const mine = `mine-${streets}`
  const theirs = [`one-${streets}`, `other-${streets}`] as const
  for (const providerId of [mine, ...theirs]) {
    plan.rows.push({ kind: 'provider', providerId, name: `Acquirer ${providerId}`, sharedTokens })
  }
  const open = (providerId: string) => openShop({ providerId, mcc: String(1000 + streets) })
  return {
    own: open(mine),
    siblings: Array.from({ length: siblings }, () => open(mine)),
    rivals: Array.from({ length: rivals }, (_, i) => open(theirs[i % 2 === 0 ? 0 : 1])),
  }
}

/** A new shop, with a till. */
export function openShop(spot: Partial<Shop> & Pick<Shop, 'providerId' | 'mcc'>): Shop {
  shops += 1
  const merchantNo = `8985840${String(shops).padStart(8, '0')}`
  const shop = { merchantNo, region: '440106', timeZone: 'Asia/Shanghai', ...spot }
  plan.rows.push({ kind: 'merchant', name: nameOf(shop), ...shop })
  plan.rows.push({ kind: 'terminal', merchantNo, terminalNo, serialNo: `SN-${merchantNo}` })
  return shop
}

export const nameOf = ({ merchantNo }: Shop): string => `Teahouse ${merchantNo.slice(-5)}`

/** The i-th, which there must be. */
export function nth<T>(list: readonly T[], i: number): T {
  const found = list[i]
  if (found === undefined) throw new Error(`there are only ${list.length}`)
  return found
}

/** A customer's call at a shop. */
export interface Visit {
  shop: Shop
  week: number
  deed: Deed
  token?: string
  /** Milliseconds from the Monday's midnight in Shanghai. */
  at?: number
  amount?: number
  /** Default: one that no other visit has. */
  checkoutId?: string
}

export function happened(list: readonly Visit[]): void {
  for (const { shop, week, deed, token, at = 2 * day, amount = 100, checkoutId } of list) {
    visits += 1
    const told = {
      source: `urn:terminal:${shop.merchantNo}:${terminalNo}`,
      checkoutId: checkoutId ?? `visit-${visits}`,
      time: startOfDay(mondayOf(week), 'Asia/Shanghai') + at,
      amount,
      token: token ?? null,
    }
    plan.events.push(...eventsOf(deed, told))
  }
}

/** These deeds at each of the shops, by customers who come this once. Two deeds at five shops keep the rule just so. */
export const busy = (of: readonly Shop[], week: number, deeds: readonly Deed[] = ['approved', 'recoveredOther']) =>
  of.flatMap((shop) => deeds.map((deed, i): Visit => ({ shop, week, deed, token: `${shop.merchantNo}-${week}-${i}` })))
export const times = (count: number, deed: Deed = 'approved'): Deed[] => Array.from({ length: count }, () => deed)

/** Without what every answer at another moment changes. */
export type Answer = Omit<Competitiveness, 'asOf'>

const path = ({ merchantNo }: Shop, { from, to }: Range) =>
  `/api/v1/merchants/${merchantNo}/competitiveness?from=${from}&to=${to}`

export async function ask(shop: Shop, range: Range, key?: string): Promise<Answer> {
  const { asOf: _asOf, ...answer } = await house().json<Competitiveness>('GET', path(shop, range), {
    ...(key === undefined ? {} : { key }),
  })
  return answer
}

export const peersFor = async (shop: Shop, range: Range): Promise<OfPeers> => ofPeers(await ask(shop, range))

/** All that an answer says of others, and nothing of oneself. */
export type OfPeers = ReturnType<typeof ofPeers>
export function ofPeers({ weeks: counted, peers, acceptance, retention, returnRatio }: Answer) {
  const quartiles = [acceptance, retention, returnRatio].map(({ peerLow, peerMedian, peerHigh }) => [
    peerLow,
    peerMedian,
    peerHigh,
  ])
  return { weeks: counted, peers, quartiles }
}

const nothing = [null, null, null]
/** What is said of peers where no week counts. */
export const suppressed = (rule: string) => ({
  weeks: [],
  peers: { merchants: null, suppressed: true, rule },
  quartiles: [nothing, nothing, nothing],
})
