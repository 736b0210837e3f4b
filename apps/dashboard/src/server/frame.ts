/** The frame around the figures of a page: whose they are, the days, and what they are compared with. */

import type { RequestEvent } from '@sveltejs/kit'
import { failure } from '@tillsight/shared/http/problem.ts'
import type { DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { prefer, type Dated, type Frame, type PresetName } from '#lib/frame.ts'
import { askedRange, localDay, periodBefore, presetsOn } from '#server/presets.ts'
import { ready, soon } from '#server/soon.ts'

export interface Period {
  range: DateRange
  /** Null where nothing is to be compared. */
  previous: DateRange | null
  /** UTC milliseconds. */
  now: number
}

/** From the start: a page that has something to show before the first event. */
export type ShownFrom = 'the first event' | 'the start'

/** The days that an address asks for. `period` is null where they make no range. */
export function askedPeriod(query: URLSearchParams, timeZone: string, byDefault?: PresetName) {
  const now = Date.now()
  const today = localDay(now, timeZone)
  const asked = askedRange(query, today, byDefault)
  const range = { from: asked.from, to: asked.to }
  if (asked.problem !== null) return { today, asked, period: null }
  const period: Period = { range, previous: query.get('compare') === 'none' ? null : periodBefore(range), now }
  return { today, asked, period }
}

type Subject = Pick<Frame, 'id' | 'name' | 'timeZone' | 'mark' | 'hasEvents'>

/**
 * @param figuresOf only what the page shows; null where there is nothing to show.
 * @param byDefault the days of an address that names none.
 */
export async function framed<Figures extends Dated>(
  subject: Subject,
  query: URLSearchParams,
  figuresOf: ((period: Period) => Promise<Figures>) | null,
  byDefault?: PresetName,
): Promise<Frame<Figures>> {
  const { today, asked, period } = askedPeriod(query, subject.timeZone, byDefault)
  return {
    ...subject,
    today,
    presets: presetsOn(today),
    asked,
    previous: period?.previous ?? null,
    figures: period === null || figuresOf === null ? null : await figuresOf(period),
  }
}

/**
 * What `answer` gives, as JSON. Who asks for figures wants no page, whatever they accept. 202 with nothing for a page that
 * has nothing to show meanwhile, where it takes long; 204 for one that will come for them.
 */
export async function figuresAnswer(
  { locals, request, url }: Pick<RequestEvent, 'locals' | 'request' | 'url'>,
  answer: () => Promise<Frame>,
  emptyForMs: number,
): Promise<Response> {
  try {
    const key = `${locals.principal?.keyId ?? ''} ${url.pathname}${url.search}`
    const preferred = request.headers.get('prefer')
    if (preferred === prefer.readiness) {
      await ready(key, answer)
      return new Response(null, { status: 204 })
    }
    const frame = await soon(key, answer, preferred === prefer.impatient ? emptyForMs : undefined)
    return Response.json(frame ?? null, { status: frame === undefined ? 202 : 200 })
  } catch (error) {
    return failure(error)
  }
}
