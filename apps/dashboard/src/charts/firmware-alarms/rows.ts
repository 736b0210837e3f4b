/** Firmwares that suddenly fail more often, with the day it began. */

import { fewest, type FirmwareAlarm } from '@tillsight/shared/metrics/firmware-alarms.ts'
import { newcombe } from '@tillsight/shared/metrics/wilson.ts'

export interface AlarmRow extends Omit<FirmwareAlarm, 'day' | 'rise' | 'chance'> {
  /** `2026-11-05`. */
  since: string
  /** Of the shares, with Newcombe's interval. */
  rise: { value: number; low: number; high: number }
}

export const evidence = fewest

/** @param dateOf a watched day, counted from 0. */
export const alarmRows = (alarms: readonly FirmwareAlarm[], dateOf: (day: number) => string): AlarmRow[] =>
  alarms.map(({ day, rise: _rise, chance: _chance, ...alarm }) => ({
    ...alarm,
    since: dateOf(day),
    rise: newcombe({ hits: alarm.after.x, n: alarm.after.n }, { hits: alarm.before.x, n: alarm.before.n }),
  }))
