import type { LostSalesTotals } from '@tillsight/shared/metrics/lost-sales.ts'
import { segmentsOf } from '@tillsight/shared/metrics/segments.ts'
import { dailyRows, type DailyRow, type ShownInterval } from '#charts/daily-outcomes/rows.ts'
import { conclusionOf, segmentMix, type SegmentMix } from '#charts/segment-mix/rows.ts'
import { enough, lostCheckouts, whereAnswer, whyAnswer, type WhereAnswer, type WhyAnswer } from '#lib/answers.ts'
import type { Comparison } from '#lib/comparison.ts'
import type { Dated } from '#lib/frame.ts'
import { lostSalesCompared } from '#server/comparison.ts'
import { answersWith, type Asked } from '#server/figures.ts'
import { intervalFor } from '#server/presets.ts'
import type { RequestHandler } from './$types'

export interface OverviewFigures extends Dated {
  interval: ShownInterval
  totals: Pick<LostSalesTotals, 'attempted' | 'unsupported' | 'outcomes' | 'netLost' | 'abandonmentRate'>
  comparison: Comparison
  daily: DailyRow[]
  /** So few checkouts were lost that why may be chance. */
  fewLost: boolean
  who: SegmentMix
  where: WhereAnswer | null
  why: WhyAnswer | null
}

export const GET: RequestHandler = answersWith<OverviewFigures>(async (asked) => {
  const interval = intervalFor(asked.parameters.range)
  const [{ found, comparison, before }, who] = await Promise.all([lostSalesCompared(asked, interval), whoIn(asked)])
  const { attempted, unsupported, outcomes, netLost, abandonmentRate } = found.totals
  return {
    asOf: found.asOf,
    interval,
    totals: { attempted, unsupported, outcomes, netLost, abandonmentRate },
    comparison,
    // The weeks of two periods begin on different days of them.
    daily: dailyRows(found.series, interval === 'week' ? [] : before),
    fewLost: lostCheckouts(found.totals) < enough,
    who,
    where: whereAnswer(found.totals),
    why: whyAnswer(found.reasons),
  }
})

/** By age, which says most about Huabei; by the time of day where the tills don't tell ages. */
async function whoIn({ events, merchant, parameters }: Asked): Promise<SegmentMix> {
  const by = ['ageBand', 'daypart'] as const
  const { found } = await segmentsOf(events, merchant, [parameters.range], { ...parameters, by })
  const [{ ageBand, daypart }] = found
  const ages = segmentMix({ by: 'ageBand', segments: ageBand })
  return conclusionOf(ages).is === 'untold' ? segmentMix({ by: 'daypart', segments: daypart }) : ages
}
