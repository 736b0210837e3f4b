import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { getMerchant, putMerchant } from '@tillsight/shared/registry/merchants.ts'
import { demandMerchant } from '@tillsight/shared/registry/records.ts'
import type { Routes } from './route.ts'
import { created, jsonOf, merchantIn, param, valid } from './request.ts'

export const merchantRoutes: Routes = {
  '/merchants/:merchantNo': {
    async PUT(c) {
      const { principal, stores } = c.var
      if (principal.role !== 'operator' && principal.role !== 'provider') throw notFound()
      const merchantNo = param(c, 'merchantNo')
      const record = await jsonOf(c)
      const result = await valid(() => {
        demandMerchant(merchantNo, record)
        return putMerchant(stores.registry, principal, merchantNo, record)
      })
      if (result === 'outOfScope') throw notFound()
      if (result === 'hasEvents') {
        throw new Problem(409, 'The merchant has events: its timeZone and providerId can no longer change.')
      }
      return c.json(await getMerchant(stores.registry, merchantNo), created(result === 'created'))
    },
    async GET(c) {
      const { merchantNo } = await merchantIn(c, 'read')
      return c.json(await getMerchant(c.var.stores.registry, merchantNo))
    },
  },
}
