/** The two stores that everything else is given: events in ClickHouse, what changes under a transaction in Postgres. */

import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from './config.ts'
import { lockDirectory } from './lock.ts'
import { connectEmbeddedRegistry, connectRegistryServer, type Registry } from './registry/connect.ts'
import { KeyRing, type Principal } from './registry/keys.ts'
import type { MerchantScope } from './registry/scope.ts'
import { connectEmbedded, connectServer, type EventStore } from './store/connect.ts'

export interface Stores {
  events: EventStore
  registry: Registry
  keys: KeyRing
  close(): Promise<void>
}

export async function openStores(config: Config): Promise<Stores> {
  const dataDir = resolve(config.dataDir)
  const embedded = config.clickhouseUrl === undefined || config.databaseUrl === undefined
  if (embedded) await mkdir(dataDir, { recursive: true })
  const lock = embedded ? await lockDirectory(dataDir) : undefined
  // First, because making an empty one takes more memory, for a moment, than both need from then on.
  const registry = await (config.databaseUrl === undefined
    ? connectEmbeddedRegistry(join(dataDir, 'postgres'))
    : connectRegistryServer(config.databaseUrl))
  const events = await (config.clickhouseUrl === undefined
    ? connectEmbedded(join(dataDir, 'clickhouse'))
    : connectServer(config.clickhouseUrl))
  return {
    events,
    registry,
    keys: new KeyRing(registry),
    async close() {
      await Promise.allSettled([events.close(), registry.destroy()])
      lock?.release()
    },
  }
}

/**
 * Commits events of the merchant's terminals in the name of the principal, as the ingest does with events that are posted. Throws
 * the problem where they are not stored: then they are to be sent again, as they were.
 */
export type PostFor = (principal: Principal, merchant: MerchantScope, events: readonly object[]) => Promise<void>

/** What pages are given. */
export interface Provided extends Stores {
  post: PostFor
}

/**
 * The stores of this process, for the dashboard's server code. Vite bundles that code, so a variable of this module would
 * exist twice; the one on globalThis exists once.
 */
const slot = Symbol.for('tillsight.stores')
type Slot = Record<symbol, Provided | undefined>

export const provideStores = (stores: Provided): void => {
  ;(globalThis as unknown as Slot)[slot] = stores
}

export function providedStores(): Provided {
  const stores = (globalThis as unknown as Slot)[slot]
  if (stores === undefined) throw new Error('provideStores() must be called before the first request')
  return stores
}
