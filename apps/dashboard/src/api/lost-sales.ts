import { Problem } from '@tillsight/shared/http/problem.ts'
import { dateRange, intervalNames, type DateRange, type IntervalName } from '@tillsight/shared/metrics/intervals.ts'
import { lostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import type { ApiContext, Routes } from './route.ts'
import { formatIn, tableAnswer } from './formats.ts'
import { merchantIn } from './request.ts'

function rangeIn(c: ApiContext): DateRange {
  const range = dateRange(c.req.query('from'), c.req.query('to'))
  if ('problem' in range) throw new Problem(400, range.problem)
  return range
}

function intervalIn(c: ApiContext): IntervalName {
  const asked = c.req.query('interval') ?? 'day'
  const interval = intervalNames.find((name) => name === asked)
  if (interval === undefined) throw new Problem(400, `interval must be one of ${intervalNames.join(', ')}`)
  return interval
}

export const lostSalesRoutes: Routes = {
  '/merchants/:merchantNo/lost-sales': {
    async GET(c) {
      const merchant = await merchantIn(c, 'read')
      const range = rangeIn(c)
      const interval = intervalIn(c)
      const format = formatIn(c)
      const { registry, events } = c.var.stores
      const now = Date.now()
      const figures = await lostSales(events, merchant, {
        range,
        interval,
        ownCodes: await ownCodesOf(registry, merchant),
        now,
      })
      return format === 'json' ? c.json(figures) : tableAnswer(format, figures.series)
    },
  },
}
