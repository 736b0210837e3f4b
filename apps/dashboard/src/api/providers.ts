import { notFound } from '@tillsight/shared/http/problem.ts'
import { getProvider, putProvider } from '@tillsight/shared/registry/providers.ts'
import { demandProvider } from '@tillsight/shared/registry/records.ts'
import type { Routes } from './route.ts'
import { created, jsonOf, param, providerIn, valid } from './request.ts'

export const providerRoutes: Routes = {
  '/providers/:providerId': {
    async PUT(c) {
      if (c.var.principal.role !== 'operator') throw notFound()
      const { registry } = c.var.stores
      const providerId = param(c, 'providerId')
      const record = await jsonOf(c)
      const isNew = await valid(() => {
        demandProvider(providerId, record)
        return putProvider(registry, providerId, record)
      })
      return c.json(await getProvider(registry, providerId), created(isNew))
    },
    async GET(c) {
      const { providerId } = await providerIn(c)
      return c.json(await getProvider(c.var.stores.registry, providerId))
    },
  },
}
