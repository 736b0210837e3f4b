import { refusalCodes, type RefusalCode } from '@tillsight/shared/events/refusal.ts'
import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { quarantineScope, type QuarantineScope } from '@tillsight/shared/registry/scope.ts'
import {
  quarantined,
  type Place,
  type QuarantineEntry,
  type QuarantineFilter,
} from '@tillsight/shared/store/quarantine.ts'
import { jsonOf, unprocessable } from './request.ts'
import type { ApiContext, Routes } from './route.ts'

const entriesAPage = 100
const mostIds = 10_000
const largestChoice = 1024 * 1024
const dayMs = 24 * 3_600_000

const scopeOf = (c: ApiContext): QuarantineScope => {
  const scope = quarantineScope(c.var.principal)
  if (scope === undefined) throw notFound()
  return scope
}

/** Midnight in UTC of a date that the query may name. */
function dateIn(c: ApiContext, name: 'from' | 'to'): number | undefined {
  const text = c.req.query(name)
  if (text === undefined) return undefined
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) {
    throw new Problem(400, `${name} must be a date, such as 2026-11-01.`)
  }
  return at
}

export const codeOf = (value: unknown): RefusalCode | undefined => refusalCodes.find((code) => code === value)

function filterIn(c: ApiContext): QuarantineFilter {
  const from = dateIn(c, 'from')
  const to = dateIn(c, 'to')
  if (from !== undefined && to !== undefined && to < from) throw new Problem(400, 'to must not be before from.')
  const { code: askedCode, merchantNo } = c.req.query()
  const code = codeOf(askedCode)
  if (askedCode !== undefined && code === undefined) {
    throw new Problem(400, `code must be one of ${refusalCodes.join(', ')}.`)
  }
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { until: to + dayMs }),
    ...(code === undefined ? {} : { code }),
    ...(merchantNo === undefined ? {} : { merchantNo }),
  }
}

export const placeText = ({ receivedAt, id }: Place): string => Buffer.from(`${receivedAt}.${id}`).toString('base64url')

export function placeIn(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined
  const [, receivedAt, id] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (receivedAt === undefined || id === undefined) throw new Problem(400, 'next must be what the page before gave.')
  return { receivedAt: Number(receivedAt), id }
}

const shown = ({ id, receivedAt, source, code, pointer, detail, event }: QuarantineEntry) => ({
  id,
  receivedAt: new Date(receivedAt).toISOString(),
  source: source === '' ? null : source,
  code,
  pointer,
  detail,
  event: JSON.parse(event) as unknown,
})

/** What to replay: `{"ids":[…]}` or `{"code":"…"}`. */
function choiceIn(body: unknown): QuarantineFilter {
  const { ids, code: asked } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  if ((ids === undefined) === (asked === undefined)) throw unprocessable('', 'name either ids or a code')
  if (asked !== undefined) {
    const code = codeOf(asked)
    if (code === undefined) throw unprocessable('/code', `code must be one of ${refusalCodes.join(', ')}`)
    return { code }
  }
  if (!Array.isArray(ids) || ids.length > mostIds || !ids.every((id) => typeof id === 'string')) {
    throw unprocessable('/ids', `ids must be a list of at most ${mostIds} texts`)
  }
  return { ids }
}

export const quarantineRoutes: Routes = {
  '/quarantine': {
    async GET(c) {
      const scope = scopeOf(c)
      const after = placeIn(c.req.query('next'))
      const found = await quarantined(c.var.stores.events, scope, filterIn(c), after, entriesAPage + 1)
      const page = found.slice(0, entriesAPage)
      const last = page.at(-1)
      return c.json({
        events: page.map(shown),
        next: found.length > page.length && last !== undefined ? placeText(last) : null,
      })
    },
  },
  '/quarantine/replay': {
    async POST(c) {
      const scope = scopeOf(c)
      return c.json(await c.var.replay(c.var.principal, scope, choiceIn(await jsonOf(c, largestChoice))))
    },
  },
}
