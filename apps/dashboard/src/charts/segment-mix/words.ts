/** What the figures of a segment come to, in words. */

import { percent, ratio } from '#lib/format.ts'
import { checkouts, segmentName } from '#lib/labels.ts'
import { m } from '#paraglide/messages.js'
import type { Change } from './changes.ts'
import { fewest, type Conclusion, type SegmentMix, type SegmentRow, type Verdict } from './rows.ts'

export const verdictName: Record<Verdict, () => string> = {
  more: m.verdict_more,
  less: m.verdict_less,
  alike: m.verdict_alike,
  unclear: m.verdict_unclear,
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

/** The conclusion in a sentence or two. */
export function conclusionText({ by, refused }: SegmentMix, conclusion: Conclusion): string {
  switch (conclusion.is) {
    case 'noSales':
      return m.segments_none()
    case 'noneRefused':
      return m.segments_none_refused()
    case 'refusedOnly':
      return m.segments_refused_only()
    case 'untold':
      return m.segments_untold()
    case 'few':
      return m.segments_few({ refused: checkouts(refused), fewest })
    case 'alike':
      return m.segments_alike()
    case 'more': {
      const [clearest, ...others] = conclusion.rows
      const first = m.segments_more({
        segment: segmentName(by, clearest.segment),
        ...sharesOf(clearest),
        times: times(clearest),
      })
      if (others.length === 0) return first
      const segments = others.map(({ segment }) => segmentName(by, segment)).join(m.list_join())
      return `${first}${m.segments_more_too({ segments })}`
    }
  }
}

export const sharesOf = ({ ofAll, ofRefused }: SegmentRow) => ({
  ofAll: percent(ofAll),
  ofRefused: percent(ofRefused ?? 0),
})
