/** The rows of a provider's list of merchants: what they lost, where their terminals stand, and their records. */

import { stateColumns } from '@tillsight/shared/metrics/adoption-days.ts'
import type { FigureParameters } from '@tillsight/shared/metrics/answer.ts'
import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { merchantLosses } from '@tillsight/shared/metrics/merchant-losses.ts'
import { terminalStates } from '@tillsight/shared/metrics/terminal-states.ts'
import { listedMerchants } from '@tillsight/shared/registry/fleet.ts'
import { cityOf, type MerchantScope, type ProviderScope } from '@tillsight/shared/registry/scope.ts'
import type { Stores } from '@tillsight/shared/stores.ts'
import { noStates } from '#charts/fleet-states/rows.ts'
import { daysIn, localDay } from '#server/presets.ts'
import { remembered, whileMany } from '#server/remembered.ts'
import { changeOf, type MerchantRow } from './rows.ts'

interface Question extends Pick<Stores, 'events' | 'registry'> {
  provider: ProviderScope
  merchants: readonly MerchantScope[]
  parameters: FigureParameters
  previous: DateRange | null
}

interface MerchantRows {
  asOf: string
  rows: MerchantRow[]
}

const remember = remembered<MerchantRows>(whileMany.forMs, whileMany.most)

export function merchantRows(question: Question): Promise<MerchantRows> {
  const { range } = question.parameters
  const key = [question.provider.providerId, range.from, range.to, question.previous?.from].join(' ')
  return remember(question.events, key, () => readRows(question))
}

async function readRows({
  events,
  registry,
  provider,
  merchants,
  parameters,
  previous,
}: Question): Promise<MerchantRows> {
  const shiftDays = previous === null ? null : daysIn(parameters.range)
  const [losses, stateOf, records] = await Promise.all([
    merchantLosses(events, merchants, { ...parameters, shiftDays }),
    terminalStates(events, merchants),
    listedMerchants(registry, provider),
  ])
  const byMerchant = new Map(losses.merchants.map((loss) => [loss.merchantNo, loss]))
  const zones = new Set(records.map(({ timeZone }) => timeZone))
  const todayIn = new Map([...zones].map((timeZone) => [timeZone, localDay(parameters.now, timeZone)]))
  const rows = records.map(({ merchantNo, name, mcc, region, timeZone, terminals }): MerchantRow => {
    const loss = byMerchant.get(merchantNo)
    const today = todayIn.get(timeZone) ?? ''
    const inUse = terminals.filter(({ retiredOn }) => retiredOn === null || today < retiredOn)
    const states = noStates()
    for (const { terminalNo } of inUse) states[stateColumns[stateOf(merchantNo, terminalNo)]] += 1
    return {
      merchantNo,
      name,
      mcc,
      city: cityOf(region),
      lost: loss?.netLost.amount ?? 0,
      high: loss?.netLost.high ?? 0,
      unsupported: loss?.unsupported.checkouts ?? 0,
      attempted: loss?.attempted.checkouts ?? 0,
      cause: loss?.cause ?? null,
      terminals: inUse.length,
      states,
      change: changeOf(loss?.trend ?? null),
    }
  })
  return { asOf: losses.asOf, rows }
}
