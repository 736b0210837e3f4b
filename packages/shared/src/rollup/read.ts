/** Checkouts from where they are: rolled up, or derived from the log where events arrived since. */

import { sql, type RawBuilder } from 'kysely'
import { derivedCheckouts, utcDay, type Span } from '../metrics/derivation.ts'
import { among, amongTenants } from '../metrics/tenants.ts'
import type { Tenant } from '../registry/scope.ts'
import { kept, seenIn } from './roll.ts'
import type { Settled } from './settled.ts'
import { dayMs, type MerchantDays } from './touched.ts'

/** Whose checkouts, of when, and where they are. */
export interface Question {
  tenants: readonly Tenant[]
  span: Span
  settled: Settled
}

/** A column of `derivedCheckouts`, of which each but `merchantNo` costs reading. */
export type Kept = (typeof kept)[number]

/**
 * The checkouts of the span with `merchantNo`, `at` and the columns named: a statement to select from.
 * @param told expressions over the columns of one checkout, each with its name: said here, they spare a step.
 */
export function settledCheckouts(
  { tenants, span, settled }: Question,
  named: Iterable<Kept>,
  told: readonly RawBuilder<unknown>[] = [],
): RawBuilder<unknown> {
  const columns = sql.join([...new Set<Kept>(['at', ...named])].map((name) => sql.ref(name)))
  const all = sql.join([sql`merchantNo`, columns])
  const allAndTold = sql.join([all, ...told])
  const inSpan = sql`at >= ${span.from} AND at < ${span.to}`
  const whose = amongTenants(tenants)
  if (settled.touched === 'everything') return sql`SELECT ${allAndTold} FROM (${derivedCheckouts(whose, span)})`
  const stale = staleIn(settled.touched, tenants, span)
  // The engine leaves out no column of an ARRAY JOIN by itself.
  const rolled = (what: RawBuilder<unknown>) => sql`
    SELECT ${what} FROM rolled_checkouts FINAL ARRAY JOIN ${columns}
    WHERE ${whose} AND ${days(span)} AND ${notStale(stale)} AND ${inSpan}`
  if (stale === undefined) return rolled(allAndTold)
  const derivedSpan = { from: Math.max(span.from, stale.from * dayMs), to: Math.min(span.to, (stale.to + 1) * dayMs) }
  return sql`
    SELECT ${allAndTold} FROM (
      ${rolled(all)}
      UNION ALL
      SELECT ${all} FROM (${derivedCheckouts(among(sql`merchantNo`, stale.merchants), derivedSpan)})
      WHERE ${isStale(stale, sql`toDate(intDiv(at, ${dayMs}))`)}
    )`
}

/**
 * What events tell of each terminal that they name: a row each with `merchantNo`, `terminalNo`, `firstSeen` and `newestSale` (of
 * sales that Huabei did not pay; 0: none), UTC milliseconds.
 * @param from where nothing was ever rolled up, events before it are not looked at.
 */
export function terminalsSeen({ tenants, settled }: Question, from: number): RawBuilder<unknown> {
  const whose = amongTenants(tenants)
  const since = { from, to: Infinity }
  if (settled.touched === 'everything') return seenIn(sql`${whose} AND ${days(since)}`)
  const stale = staleIn(settled.touched, tenants, since)
  const rolled = sql`SELECT merchantNo, terminalNo, firstSeen, newestSale FROM terminals_seen WHERE ${whose}`
  const found =
    stale === undefined
      ? rolled
      : sql`${rolled} UNION ALL ${seenIn(sql`${among(sql`merchantNo`, stale.merchants)} AND ${isStale(stale, sql`day`)}`)}`
  return sql`
    SELECT merchantNo, terminalNo, min(firstSeen) AS firstSeen, max(newestSale) AS newestSale
    FROM (${found}) GROUP BY merchantNo, terminalNo`
}

const days = ({ from, to }: Span) => sql`day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to - 1)})`

/** The touched merchant-days of a span; `from` and `to` are the first and the last day. */
interface Stale {
  from: number
  to: number
  merchants: readonly string[]
  pairs: readonly string[]
}

/** Of these tenants alone: what was touched may be known of more. Undefined where there are none. */
function staleIn(touched: MerchantDays, tenants: readonly Tenant[], span: Span): Stale | undefined {
  const [first, last] = [Math.floor(span.from / dayMs), Math.floor((span.to - 1) / dayMs)]
  const found = tenants.flatMap(({ merchantNo }) =>
    (touched.get(merchantNo)?.days ?? [])
      .filter((day) => day >= first && day <= last)
      .map((day) => ({ merchantNo, day })),
  )
  if (found.length === 0) return undefined
  const those = found.map(({ day }) => day)
  return {
    from: those.reduce((a, b) => Math.min(a, b)),
    to: those.reduce((a, b) => Math.max(a, b)),
    merchants: [...new Set(found.map(({ merchantNo }) => merchantNo))],
    pairs: found.map(({ merchantNo, day }) => `${merchantNo} ${day}`),
  }
}

const isStale = ({ from, to, pairs }: Stale, day: RawBuilder<unknown>) =>
  sql`${day} BETWEEN toDate(${from}) AND toDate(${to}) AND ${among(sql`concat(merchantNo, ' ', toString(toUInt16(${day})))`, pairs)}`

const notStale = (stale: Stale | undefined) =>
  stale === undefined ? sql`true` : sql`NOT (${isStale(stale, sql`day`)})`
