import { lostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { newestCommits } from '@tillsight/shared/metrics/newest-commit.ts'
import { ownCodesOf } from '@tillsight/shared/registry/codes.ts'
import { getMerchant } from '@tillsight/shared/registry/merchants.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { causesOf } from '#charts/causes/rows.ts'
import { dailyRows } from '#charts/daily-outcomes/rows.ts'
import { flowRows } from '#charts/request-flow/rows.ts'
import type { AskedRange, Figures, MerchantFigures } from '#lib/merchant-figures.ts'
import { askedRange, intervalFor, localDay, presetsOn } from '#server/presets.ts'

/** Everything that a merchant's page shows, for the range that `query` asks for. */
export async function merchantFigures(merchant: MerchantScope, query: URLSearchParams): Promise<MerchantFigures> {
  const { events, registry } = providedStores()
  const now = Date.now()
  const today = localDay(now, merchant.timeZone)
  const asked = askedRange(query, today)
  // Before the figures, which hold all that is committed by then: what is committed in between makes the mark old, and the
  // page asks again.
  const mark = (await newestCommits(events, [merchant])).get(merchant.merchantNo) ?? null
  const [record, figures] = await Promise.all([
    getMerchant(registry, merchant.merchantNo),
    asked.problem === null ? figuresOf(merchant, asked, now) : null,
  ])
  return {
    merchantNo: merchant.merchantNo,
    name: record?.name ?? merchant.merchantNo,
    timeZone: merchant.timeZone,
    today,
    presets: presetsOn(today),
    asked,
    mark,
    figures,
  }
}

async function figuresOf(merchant: MerchantScope, { from, to }: AskedRange, now: number): Promise<Figures> {
  const { events, registry } = providedStores()
  const range = { from, to }
  const interval = intervalFor(range) as Figures['interval']
  const found = await lostSales(events, merchant, {
    range,
    interval,
    ownCodes: await ownCodesOf(registry, [merchant]),
    now,
    mayLag: 0,
  })
  const { attempted, unsupported, outcomes, netLost, abandonmentRate } = found.totals
  return {
    asOf: found.asOf,
    interval,
    totals: { attempted, unsupported, outcomes, netLost, abandonmentRate },
    daily: dailyRows(found.series),
    flow: flowRows(found),
    causes: causesOf(found.reasons),
  }
}
