/** The figures of contract section 7. */

import { Problem } from '@tillsight/shared/http/problem.ts'
import { freshness, type FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import { adoption, adoptionGroups } from '@tillsight/shared/metrics/adoption.ts'
import { competitiveness } from '@tillsight/shared/metrics/competitiveness.ts'
import { intervalNames, type DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { lostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { dimensionNames, segments } from '@tillsight/shared/metrics/segments.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { fleetOf } from '@tillsight/shared/registry/fleet.ts'
import { cohortOf, merchantsOf, type Tenant } from '@tillsight/shared/registry/scope.ts'
import { formatIn, tableAnswer } from './formats.ts'
import { merchantIn, providerIn, rangeIn } from './request.ts'
import type { ApiContext, Routes } from './route.ts'

/** The value of a query parameter that must be one of a list; throws 400 where it is not. */
function choiceIn<T extends string>(c: ApiContext, name: string, list: readonly T[], otherwise?: T): T {
  const asked = c.req.query(name) ?? otherwise
  const choice = list.find((each) => each === asked)
  if (choice === undefined) throw new Problem(400, `${name} must be one of ${list.join(', ')}`)
  return choice
}

async function parametersIn(
  c: ApiContext,
  range: DateRange,
  tenants: readonly Pick<Tenant, 'providerId'>[],
  mayLag = freshness.own,
): Promise<FigureParameters> {
  const now = Date.now()
  return { range, now, mayLag, ownCodes: await ownCodesOf(c.var.stores.registry, tenants) }
}

export const figureRoutes: Routes = {
  '/merchants/:merchantNo/lost-sales': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const range = rangeIn(c)
      const interval = choiceIn(c, 'interval', intervalNames, 'day')
      const format = formatIn(c)
      const parameters = await parametersIn(c, range, [merchant])
      const figures = await lostSales(c.var.stores.events, merchant, { ...parameters, interval })
      return format === 'json' ? c.json(figures) : tableAnswer(format, figures.series)
    },
  },
  '/merchants/:merchantNo/segments': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const range = rangeIn(c)
      const by = choiceIn(c, 'by', dimensionNames)
      const format = formatIn(c)
      const parameters = await parametersIn(c, range, [merchant])
      const figures = await segments(c.var.stores.events, merchant, { ...parameters, by })
      return format === 'json' ? c.json(figures) : tableAnswer(format, figures.segments)
    },
  },
  '/merchants/:merchantNo/competitiveness': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const range = rangeIn(c)
      formatIn(c, ['json'])
      const cohort = await cohortOf(c.var.stores.registry, merchant)
      const parameters = await parametersIn(c, range, [merchant, ...cohort.peers])
      return c.json(await competitiveness(c.var.stores.events, cohort, parameters))
    },
  },
  '/providers/:providerId/adoption': {
    async GET(c) {
      const provider = await providerIn(c)
      const range = rangeIn(c)
      const by = choiceIn(c, 'by', adoptionGroups)
      const format = formatIn(c)
      const { events, registry } = c.var.stores
      const [merchants, terminals] = await Promise.all([merchantsOf(registry, provider), fleetOf(registry, provider)])
      const parameters = await parametersIn(c, range, [provider], freshness.many)
      const figures = await adoption(events, provider, { merchants, terminals }, { ...parameters, by })
      return format === 'json' ? c.json(figures) : tableAnswer(format, figures.days)
    },
  },
}
