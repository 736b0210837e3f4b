/** What the figures of a segment come to, in words. */

import { ratio } from '#lib/format.ts'
import { m } from '#paraglide/messages.js'
import type { Change } from './changes.ts'
import type { SegmentRow, Verdict } from './rows.ts'

export const verdictName: Record<Verdict, () => string> = {
  more: m.verdict_more,
  less: m.verdict_less,
  alike: m.verdict_alike,
  few: m.verdict_few,
  untold: m.verdict_untold,
}

export const changeName: Record<Change, () => string> = {
  up: m.change_up,
  down: m.change_down,
  alike: m.change_alike,
  few: m.change_few,
}

export const times = ({ index, low, high }: Pick<SegmentRow, 'index' | 'low' | 'high'>): string =>
  index === null || low === null || high === null
    ? '–'
    : m.segments_times({ index: ratio(index), low: ratio(low), high: ratio(high) })
