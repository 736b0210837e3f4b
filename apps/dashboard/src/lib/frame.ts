/** What every page with figures, of a merchant or a provider, is given as JSON: by the server when it is opened, and again whenever something changed. */

import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'
import type { CommitMark } from '@tillsight/shared/metrics/newest-commit.ts'

/** How a page asks for its figures: the values of `prefer` (RFC 7240). */
export const prefer = {
  /** It is empty until then, so it waits for no longer than somebody looks at nothing: 202. */
  impatient: 'wait=1',
  /** It comes for them when they are ready, and is told no more than that: 204. */
  readiness: 'return=minimal',
}

export type PresetName = 'today' | 'week' | 'month' | 'quarter'

export interface Preset extends DateRange {
  name: PresetName
}

export interface AskedRange {
  /** As asked for, so that it can be mended; empty where it is no date. */
  from: string
  to: string
  problem: 'unreadable' | 'reversed' | 'tooLong' | 'future' | null
}

export interface Dated {
  /** RFC 3339: every event answered before it is in the figures. */
  asOf: string
}

export interface Frame<Figures extends Dated = Dated> {
  /** Whose: a merchantNo or a providerId. */
  id: string
  name: string
  /** IANA name. */
  timeZone: string
  today: string
  presets: Preset[]
  asked: AskedRange
  /** As many days before those asked for. Null where the address says `compare=none`. */
  previous: DateRange | null
  /** False: none ever arrived. */
  hasEvents: boolean
  /** Of the newest commit that a merchant's figures hold; null at a provider, whose pages don't follow commits. */
  mark: CommitMark
  /** What this page shows. Null where the range asked for can't be shown, or it shows nothing before the first event. */
  figures: Figures | null
}

/** A frame as a page shows it. */
export interface Shown<Figures extends Dated = Dated> extends Frame<Figures> {
  /** They could not be fetched again: these are older than the page would like. */
  stale: boolean
}

/** A page in the list that tabs and titles come from. */
export interface FramePage {
  /** Its folder; '' for the first one. */
  id: string
  name: () => string
  /** Alone: its figures are not compared with the period before. Now: they are of no days. */
  days?: 'alone' | 'now'
}
