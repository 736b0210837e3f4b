import { firmwareCells, terminalUses } from '@tillsight/shared/metrics/compatibility.ts'
import { firmwareAlarms } from '@tillsight/shared/metrics/firmware-alarms.ts'
import { firmwareUpgrades, type Upgrade } from '@tillsight/shared/metrics/firmware-upgrades.ts'
import { fleetOf } from '@tillsight/shared/registry/fleet.ts'
import { modelRows, type ModelRow } from '#charts/compatibility/rows.ts'
import { alarmRows, type AlarmRow } from '#charts/firmware-alarms/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { daysAfter, daysIn } from '#server/presets.ts'
import { providerAnswersWith } from '#server/provider-figures.ts'
import { remembered, whileMany } from '#server/remembered.ts'
import type { RequestHandler } from './$types'

export interface CompatibilityFigures extends Dated {
  alarms: AlarmRow[]
  upgrades: Upgrade[]
  models: ModelRow[]
}

const remember = remembered<CompatibilityFigures>(whileMany.forMs, whileMany.most)

export const GET: RequestHandler = providerAnswersWith<CompatibilityFigures>(
  ({ events, registry, provider, merchants, parameters }) => {
    const { range } = parameters
    return remember(events, [provider.providerId, range.from, range.to].join(' '), async () => {
      const { asOf, uses } = await terminalUses(events, merchants, () => fleetOf(registry, provider), parameters)
      return {
        asOf,
        alarms: alarmRows(firmwareAlarms(uses, daysIn(range)), (day) => daysAfter(range.from, day)),
        upgrades: firmwareUpgrades(uses),
        models: modelRows(firmwareCells(uses)),
      }
    })
  },
)
