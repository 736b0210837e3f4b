/** Checkouts from where they are: rolled up, or derived from the log where events arrived since. */

import { sql, type RawBuilder } from 'kysely'
import { derivedCheckouts, utcDay, type Span } from '../metrics/derivation.ts'
import { among, amongTenants } from '../metrics/tenants.ts'
import type { Tenant } from '../registry/scope.ts'
import { kept } from './roll.ts'
import type { Settled } from './settled.ts'
import { dayMs, type MerchantDays } from './touched.ts'

interface Question {
  tenants: readonly Tenant[]
  span: Span
  settled: Settled
}

const columns = sql.join(kept.map((name) => sql.ref(name)))

/** The columns of `derivedCheckouts`, of the checkouts of the span. */
export function settledCheckouts({ tenants, span, settled }: Question): RawBuilder<unknown> {
  const whose = amongTenants(tenants)
  if (settled.touched === 'everything') return derivedCheckouts(whose, span)
  const inSpan = sql`at >= ${span.from} AND at < ${span.to}`
  const stale = staleIn(settled.touched, span)
  const rolled = sql`
    SELECT merchantNo, ${columns}
    FROM (
      SELECT merchantNo, ${columns} FROM checkout_days FINAL
      WHERE ${whose} AND ${days(span)} AND ${notStale(stale)}
    )
    ARRAY JOIN ${columns}
    WHERE ${inSpan}`
  if (stale === undefined) return rolled
  const derivedSpan = { from: Math.max(span.from, stale.from * dayMs), to: Math.min(span.to, (stale.to + 1) * dayMs) }
  return sql`
    ${rolled}
    UNION ALL
    SELECT merchantNo, ${columns}
    FROM (${derivedCheckouts(among(sql`merchantNo`, stale.merchants), derivedSpan)})
    WHERE ${isStale(stale, sql`toDate(intDiv(at, ${dayMs}))`)}`
}

/** One row for each merchant, UTC day of the span and terminal that an event names: `firstSeen`, `newestSale` (0: none). */
export function terminalDays({ tenants, settled }: Question, span: Span): RawBuilder<unknown> {
  const whose = amongTenants(tenants)
  const stale = settled.touched === 'everything' ? 'everything' : staleIn(settled.touched, span)
  const fromLog = (where: RawBuilder<unknown>) => sql`
    SELECT merchantNo, terminalNo, min(time) AS firstSeen, maxIf(time, kind = 'succeeded' AND NOT paidByHuabei) AS newestSale
    FROM checkout_events WHERE ${where} GROUP BY merchantNo, terminalNo`
  if (stale === 'everything') return fromLog(sql`${whose} AND ${days(span)}`)
  const rolled = sql`
    SELECT merchantNo, seenTerminal AS terminalNo, firstSeen, newestSale
    FROM (
      SELECT merchantNo, seenTerminal, firstSeen, newestSale FROM checkout_days FINAL
      WHERE ${whose} AND ${days(span)} AND ${notStale(stale)}
    )
    ARRAY JOIN seenTerminal, firstSeen, newestSale`
  if (stale === undefined) return rolled
  return sql`${rolled} UNION ALL ${fromLog(sql`${among(sql`merchantNo`, stale.merchants)} AND ${isStale(stale, sql`day`)}`)}`
}

const days = ({ from, to }: Span) => sql`day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to - 1)})`

/** The touched merchant-days of a span; `from` and `to` are the first and the last day. */
interface Stale {
  from: number
  to: number
  merchants: readonly string[]
  pairs: readonly string[]
}

/** Undefined where there are none. */
function staleIn(touched: MerchantDays, span: Span): Stale | undefined {
  const [first, last] = [Math.floor(span.from / dayMs), Math.floor((span.to - 1) / dayMs)]
  const found = [...touched].flatMap(([merchantNo, { days: all }]) =>
    all.filter((day) => day >= first && day <= last).map((day) => ({ merchantNo, day })),
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
