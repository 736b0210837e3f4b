import { dimensionNames, segments } from '@tillsight/shared/metrics/segments.ts'
import { segmentMix, type SegmentMix } from '#charts/segment-mix/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { answersWith } from '#server/figures.ts'
import type { RequestHandler } from './$types'

export interface SegmentsFigures extends Dated {
  mix: SegmentMix
}

export const GET: RequestHandler = answersWith<SegmentsFigures>(async ({ events, merchant, parameters, query }) => {
  const by = dimensionNames.find((name) => name === query.get('by')) ?? 'ageBand'
  const found = await segments(events, merchant, { ...parameters, by })
  return { asOf: found.asOf, mix: segmentMix(found) }
})
