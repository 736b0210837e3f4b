/** The figures of contract section 7. */

import { Problem } from '@tillsight/shared/http/problem.ts'
import { freshness, type FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import { adoption, adoptionGroups } from '@tillsight/shared/metrics/adoption.ts'
import { breakdown, breakdownNames, type Filters } from '@tillsight/shared/metrics/breakdown.ts'
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

/** What a breakdown is asked for; every name of one is a filter too. */
function breakdownIn(c: ApiContext) {
  const range = rangeIn(c)
  const by = choiceIn(c, 'by', breakdownNames)
  const filters: Filters = {}
  for (const name of breakdownNames) {
    const value = c.req.query(name)
    if (value !== undefined) filters[name] = value
  }
  return { range, by, filters, format: formatIn(c) }
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
  '/merchants/:merchantNo/breakdown': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const asked = breakdownIn(c)
      const parameters = await parametersIn(c, asked.range, [merchant])
      const figures = await breakdown(c.var.stores.events, [merchant], merchant.timeZone, { ...parameters, ...asked })
      const answer = { merchantNo: merchant.merchantNo, ...figures }
      return asked.format === 'json' ? c.json(answer) : tableAnswer(asked.format, figures.groups)
    },
  },
  '/providers/:providerId/breakdown': {
    async GET(c) {
      const provider = await providerIn(c)
      const asked = breakdownIn(c)
      const merchants = await merchantsOf(c.var.stores.registry, provider)
      const parameters = await parametersIn(c, asked.range, [provider], freshness.many)
      const figures = await breakdown(c.var.stores.events, merchants, 'Asia/Shanghai', { ...parameters, ...asked })
      const answer = { providerId: provider.providerId, ...figures }
      return asked.format === 'json' ? c.json(answer) : tableAnswer(asked.format, figures.groups)
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
