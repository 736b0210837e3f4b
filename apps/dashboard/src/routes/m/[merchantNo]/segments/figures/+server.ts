import { dimensionNames, segmentsOf } from '@tillsight/shared/metrics/segments.ts'
import { changesOf, type Changes } from '#charts/segment-mix/changes.ts'
import { segmentMix, type SegmentMix } from '#charts/segment-mix/rows.ts'
import type { ComparedDays, NotCompared } from '#lib/comparison.ts'
import type { Dated } from '#lib/frame.ts'
import { besideBefore } from '#server/compared-days.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface SegmentsFigures extends Dated {
  mix: SegmentMix
  comparison: ComparedDays | NotCompared
  /** Null where nothing is compared. */
  changes: Changes | null
}

export const GET: RequestHandler = answersWith<SegmentsFigures>(async (asked) => {
  const { events, merchant, parameters, query } = asked
  const by = dimensionNames.find((name) => name === query.get('by')) ?? 'ageBand'
  const { found, comparison, both } = await besideBefore(asked, async (ranges) => {
    const answer = await segmentsOf(events, merchant, ranges, { ...parameters, by: [by] })
    return answer.found.map((its) => ({ asOf: answer.asOf, mix: segmentMix({ by, segments: its[by] }) }))
  })
  const changes = both === undefined ? null : changesOf({ settled: both.settled.mix, earlier: both.earlier.mix })
  return { ...found, comparison, changes }
})
