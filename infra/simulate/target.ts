/** Where the load goes: a Tillsight that runs or a throwaway one, with the market registered and a key for each provider. */

import { dayAfter, dayOf } from '@tillsight/market/calendar.ts'
import { market, type Market } from '@tillsight/market/market.ts'
import { readConfig } from '@tillsight/shared/config.ts'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { callsTo, Unsuccessful, type Call } from '../api.ts'
import { openBooks, registerShops } from '../invented-market.ts'
import { startHouse, type House } from './house.ts'
import type { Options } from './options.ts'

export interface Target {
  url: string
  market: Market
  /** By provider. */
  keys: ReadonlyMap<string, string>
  /** Where it was started here. */
  own: { house: House; operatorKey: string; ownersKey: string } | undefined
  /** Takes back what was issued, and ends what was started. */
  leave(): Promise<void>
}

const turnsDaysAgo = 12

export async function openTarget(options: Options, directory: string): Promise<Target> {
  const { target, terminals, seed } = options
  const turningDay = dayAfter(dayOf(Date.now()), -turnsDaysAgo)
  const providerId = target?.provider
  const invented = market({ seed, terminals, turningDay, providers: providerId === undefined ? 4 : 1, providerId })
  if (target === undefined) return openOwn(invented, directory)
  const call = callsTo(target.url, target.key)
  try {
    if (providerId !== undefined) {
      await registerShops(call, invented)
      const keys = new Map([[providerId, target.key]])
      return { url: target.url, market: invented, keys, own: undefined, leave: () => Promise.resolve() }
    }
    const issued = await openBooks(call, invented)
    return {
      ...{ url: target.url, market: invented, own: undefined },
      keys: keysIn(issued),
      leave: () => takeBack(call, [...issued.values()]),
    }
  } catch (error) {
    throw explained(error, target.url)
  }
}

async function openOwn(invented: Market, directory: string): Promise<Target> {
  const operatorKey = readConfig().adminKey ?? randomUUID()
  const house = await startHouse({ dataDir: join(directory, 'data'), adminKey: operatorKey })
  try {
    const call = callsTo(house.url, operatorKey)
    const keys = keysIn(await openBooks(call, invented))
    const merchantNo = invented.merchants[0]?.merchantNo
    const { key: ownersKey } = await call<{ key: string }>('POST', '/api/v1/keys', { role: 'merchant', merchantNo })
    const own = { house, operatorKey, ownersKey }
    return { url: house.url, market: invented, keys, own, leave: () => house.stop().then(() => {}) }
  } catch (error) {
    await house.stop()
    throw error
  }
}

const keysIn = (issued: ReadonlyMap<string, { key: string }>) =>
  new Map([...issued].map(([provider, { key }]) => [provider, key] as const))

async function takeBack(call: Call, keys: readonly { id: string }[]): Promise<void> {
  for (const { id } of keys) await call('DELETE', `/api/v1/keys/${id}`)
}

function explained(error: unknown, url: string): unknown {
  if (error instanceof TypeError) return new Error(`Nothing answers at ${url}.`, { cause: error })
  if (!(error instanceof Unsuccessful)) return error
  if (error.status === 401) return new Error(`${url} does not know that key.`, { cause: error })
  if (error.status === 404) {
    const message = "That key may not register shops: give the operator's, or a provider's with --provider <its id>."
    return new Error(message, { cause: error })
  }
  return error
}
