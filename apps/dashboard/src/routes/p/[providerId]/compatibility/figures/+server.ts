import { firmwareCells, terminalUses } from '@tillsight/shared/metrics/compatibility.ts'
import { firmwareAlarms, lookBackDays } from '@tillsight/shared/metrics/firmware-alarms.ts'
import { firmwareUpgrades, type Upgrade } from '@tillsight/shared/metrics/firmware-upgrades.ts'
import { incapableModels, type IncapableModel } from '@tillsight/shared/metrics/incapable-models.ts'
import { fleetOf } from '@tillsight/shared/registry/fleet.ts'
import { modelRows, type ModelRow } from '#charts/compatibility/rows.ts'
import { alarmRows, type AlarmRow } from '#charts/firmware-alarms/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { daysAfter, daysBefore, daysIn } from '#server/presets.ts'
import { providerAnswersWith } from '#server/provider-figures.ts'
import { remembered, whileMany } from '#server/remembered.ts'
import type { RequestHandler } from './$types'

export interface CompatibilityFigures extends Dated {
  alarms: AlarmRow[]
  upgrades: Upgrade[]
  incapable: IncapableModel[]
  models: ModelRow[]
}

const remember = remembered<CompatibilityFigures>(whileMany.forMs, whileMany.most)

export const GET: RequestHandler = providerAnswersWith<CompatibilityFigures>(
  ({ events, registry, provider, merchants, parameters }) => {
    const { range } = parameters
    return remember(events, [provider.providerId, range.from, range.to].join(' '), async () => {
      const watchedFrom = daysBefore(range.from, lookBackDays)
      const { asOf, uses, watched } = await terminalUses(events, merchants, () => fleetOf(registry, provider), {
        ...parameters,
        watchedFrom,
      })
      const alarms = firmwareAlarms(watched, { days: lookBackDays + daysIn(range), shownFrom: lookBackDays })
      return {
        asOf,
        alarms: alarmRows(alarms, (day) => daysAfter(watchedFrom, day)),
        upgrades: firmwareUpgrades(uses),
        incapable: incapableModels(uses),
        models: modelRows(firmwareCells(uses)),
      }
    })
  },
)
