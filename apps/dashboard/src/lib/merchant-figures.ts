/** What a merchant's page is given, as JSON: by the server when it is opened, and again whenever something changed. */

import type { LostSalesTotals } from '@tillsight/shared/metrics/lost-sales.ts'
import type { CommitMark } from '@tillsight/shared/metrics/newest-commit.ts'
import type { Causes } from '#charts/causes/rows.ts'
import type { DailyRow } from '#charts/daily-outcomes/rows.ts'
import type { FlowRow } from '#charts/request-flow/rows.ts'

export type PresetName = 'today' | 'week' | 'month' | 'quarter'

export interface Preset {
  name: PresetName
  from: string
  to: string
  /** The query that asks for it. */
  query: string
}

export interface AskedRange {
  /** As asked for, so that it can be mended; empty where it is no date. */
  from: string
  to: string
  problem: 'unreadable' | 'reversed' | 'tooLong' | null
}

export interface Figures {
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
  interval: 'hour' | 'day' | 'week'
  totals: Pick<LostSalesTotals, 'attempted' | 'unsupported' | 'outcomes' | 'netLost' | 'abandonmentRate'>
  daily: DailyRow[]
  flow: FlowRow[]
  causes: Causes
}

export interface MerchantFigures {
  merchantNo: string
  name: string
  /** IANA name. */
  timeZone: string
  today: string
  presets: Preset[]
  asked: AskedRange
  /** Of the newest commit that the figures hold. Null: no event of the merchant ever arrived. */
  mark: CommitMark
  /** Null where the range asked for can't be shown. */
  figures: Figures | null
}
