/** What a handler of the API is given, and what a table of routes is. */

import type { Principal } from '@tillsight/shared/registry/keys.ts'
import type { Replay } from '@tillsight/shared/store/quarantine.ts'
import type { Stores } from '@tillsight/shared/stores.ts'
import type { Context, Handler } from 'hono'

export interface ApiEnv {
  Variables: { principal: Principal; stores: Stores; replay: Replay }
}

export type ApiContext = Context<ApiEnv>

/** What answers at an address, by method. Other methods are 405. */
export type Routes = Record<string, Partial<Record<'GET' | 'PUT' | 'POST' | 'DELETE', Handler<ApiEnv>>>>
