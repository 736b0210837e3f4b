/** The figures in the OpenAPI description. */

import { adoptionGroups } from '@tillsight/shared/metrics/adoption.ts'
import { breakdownNames } from '@tillsight/shared/metrics/breakdown.ts'
import { intervalNames } from '@tillsight/shared/metrics/intervals.ts'
import { dimensionNames } from '@tillsight/shared/metrics/segments.ts'

export interface Operation {
  summary: string
  description?: string
  body?: object
  query?: Record<string, object>
  /** As `query`, but may be left out. */
  optionalQuery?: Record<string, object>
  answers: Record<string, string>
}

export const rangeQuery = { from: { type: 'string', format: 'date' }, to: { type: 'string', format: 'date' } }

const figureAnswers = {
  200: 'The figures',
  400: 'A range that is missing, unreadable, reversed or too long, or a choice that is not in its list',
  406: 'No form that is accepted',
}

const breakdownOperation = {
  description:
    'JSON; or the rows of `groups` with `Accept: text/csv` or `application/vnd.apache.parquet`. The figures of lost sales for each group, the largest net loss first. Every name of a breakdown is a filter as well: of the checkouts in that group only; filters combine. `terminal` is merchantNo:terminalNo of t₀; `reason` and `outcome` are `approved` or `pending` (for `outcome` also `declined`) where there is none; `savedBy` is the method of the first payment in time, `none` without one; `hour` is 00 to 23, `hourOfWeek` is such as `mon 09`.',
  query: { ...rangeQuery, by: { enum: breakdownNames } },
  optionalQuery: Object.fromEntries(breakdownNames.map((name) => [name, { type: 'string' }])),
  answers: figureAnswers,
}

/** By path and method, in the order of contract section 7. */
export const figureOperations: Record<string, Record<string, Operation>> = {
  '/api/v1/merchants/{merchantNo}/lost-sales': {
    get: {
      summary: 'Lost sales',
      description:
        'JSON; or the rows of `series` with `Accept: text/csv` or `application/vnd.apache.parquet`. An hour begins with the local hour or with a clock change. `reasons` come with the largest net loss first. `basis` says of each figure whether it is observed, a bound or an estimate.',
      query: { ...rangeQuery, interval: { enum: intervalNames, default: 'day' } },
      answers: figureAnswers,
    },
  },
  '/api/v1/merchants/{merchantNo}/segments': {
    get: {
      summary: 'Who is lost, compared with who comes',
      description:
        'JSON; or the rows of `segments` with `Accept: text/csv` or `application/vnd.apache.parquet`. In the order of their list, `unknown` last; segments without a checkout are left out. `index` above 1: more of those who were turned away than of all who came.',
      query: { ...rangeQuery, by: { enum: dimensionNames } },
      answers: figureAnswers,
    },
  },
  '/api/v1/merchants/{merchantNo}/competitiveness': {
    get: {
      summary: 'How a merchant stands among its peers',
      description:
        'JSON only. `weeks` are the Mondays of the weeks that count; where none does, `peers.rule` says why and every peer figure is null. `diversion` is null as well where the provider’s tokens are not shared, and in weeks in which the provider’s own merchants do not meet the rule by themselves.',
      query: rangeQuery,
      answers: figureAnswers,
    },
  },
  '/api/v1/merchants/{merchantNo}/breakdown': {
    get: { summary: 'Lost sales of a merchant by one thing', ...breakdownOperation },
  },
  '/api/v1/providers/{providerId}/breakdown': {
    get: { summary: 'Lost sales of all the provider’s merchants by one thing', ...breakdownOperation },
  },
  '/api/v1/providers/{providerId}/adoption': {
    get: {
      summary: 'How far the terminals of a provider have come',
      description:
        'JSON; or the rows of `days` with `Accept: text/csv` or `application/vnd.apache.parquet`. `days` has a row for each day and group with a terminal; a model or firmware that nobody told is `unknown`. `timeToOpen.curve` has day 0 and each day on which a terminal opened; where none is left its band is null.',
      query: { ...rangeQuery, by: { enum: adoptionGroups } },
      answers: figureAnswers,
    },
  },
}
