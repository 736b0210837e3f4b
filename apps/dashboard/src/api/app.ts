/** The read and admin API, `/api/v1`, as a value: `app.fetch(request)`. One file for each kind of thing that it serves. */

import { principalOf } from '@tillsight/shared/http/bearer.ts'
import { failure, problem } from '@tillsight/shared/http/problem.ts'
import type { Replay } from '@tillsight/shared/store/quarantine.ts'
import type { Stores } from '@tillsight/shared/stores.ts'
import { Hono } from 'hono'
import { codeRoutes } from './codes.ts'
import { importRoutes } from './import.ts'
import { keyRoutes } from './keys.ts'
import { figureRoutes } from './figures.ts'
import { merchantRoutes } from './merchants.ts'
import { openApi } from './openapi.ts'
import { providerRoutes } from './providers.ts'
import { quarantineRoutes } from './quarantine.ts'
import type { ApiEnv, Routes } from './route.ts'
import { terminalRoutes } from './terminals.ts'

export const routes: Routes = {
  ...keyRoutes,
  ...providerRoutes,
  ...merchantRoutes,
  ...terminalRoutes,
  ...importRoutes,
  ...codeRoutes,
  ...quarantineRoutes,
  ...figureRoutes,
}

/** @param replay runs quarantined events through the ingest again. */
export function apiApp(stores: Stores, replay: Replay) {
  const app = new Hono<ApiEnv>().basePath('/api/v1')
  // Says how to ask, and nothing of anybody: the one address that needs no key.
  app.get('/openapi.json', (c) => c.json(openApi()))
  app.use('*', async (c, next) => {
    c.set('stores', stores)
    c.set('replay', replay)
    c.set('principal', await principalOf(c.req.raw, stores.keys))
    await next()
  })
  for (const [path, handlers] of Object.entries(routes)) {
    for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler)
    const allow = Object.keys(handlers).join(', ')
    app.all(path, (c) => problem(405, `${c.req.method} is not possible here; ${allow} is.`, { headers: { allow } }))
  }
  app.notFound(() => problem(404, 'There is nothing here that this key may see.'))
  app.onError((error, c) => failure(error, c.req.header('x-request-id')))
  return app
}
