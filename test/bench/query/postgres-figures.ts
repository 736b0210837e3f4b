/** The same figures from PostgreSQL: what their queries give, before it is made into an answer. */

import type { Dimension } from '@tillsight/shared/metrics/segments.ts'
import type pg from 'pg'
import { shops, type Shop } from './books.ts'
import { startOf, type Days, type Figure } from './figures.ts'

const windowMs = 15 * 60_000
const dayMs = 86_400_000
const zoneMs = 8 * 3_600_000
const weekMs = 7 * dayMs

/** As `judgedCheckouts`: the reason and the outcome are judged when a figure is read. $1: the provider, for its own codes. */
const judged = (where: string): string => `
  SELECT *, CASE outcome WHEN 'abandoned' THEN a WHEN 'downsized' THEN a - paid ELSE 0 END AS lost
  FROM (
    SELECT *, CASE WHEN NOT unsupported THEN '' WHEN result < 5 THEN result_name
      WHEN newest_sale >= at + ${windowMs} THEN 'abandoned'
      WHEN at + ${windowMs} > extract(epoch FROM now()) * 1000 THEN 'open' ELSE 'unknown' END AS outcome
    FROM (
      SELECT c.*, t.newest_sale, state = 3 AND r.unsupported AS unsupported,
        (ARRAY['recoveredInWallet', 'recoveredOther', 'downsized', 'deferred', 'abandoned'])[result + 1] AS result_name,
        CASE WHEN state <> 3 THEN '' WHEN r.unsupported THEN coalesce(d.cause, observed) ELSE observed END AS reason
      FROM (
        SELECT c.*, CASE WHEN NOT refused THEN 'SILENT_SUBSTITUTION' WHEN o.reason IS NOT NULL THEN o.reason
          WHEN channel_disabled THEN 'CHANNEL_COMPETITION' ELSE coalesce(k.reason, 'UNMAPPED') END AS observed
        FROM checkouts c
        LEFT JOIN codes k ON k.code = c.code
        LEFT JOIN own_codes o ON o.provider = $1 AND o.code = c.code
        WHERE ${where}
      ) c
      JOIN reasons r ON r.reason = c.observed
      LEFT JOIN terminals t ON t.terminal = c.terminal
      LEFT JOIN LATERAL (
        SELECT cause FROM causes WHERE causes.terminal = c.reason_terminal AND declared_from <= c.reason_at
        ORDER BY declared_from DESC LIMIT 1
      ) d ON c.state = 3
    ) judging
  ) judged`

const spanOf = ({ from, to }: Days): [number, number] => [startOf(from), startOf(to) + dayMs]
const local = `(at + ${zoneMs})`

const ofMerchant = 'c.merchant = $2 AND c.at >= $3 AND c.at < $4'
const ofMany = 'c.merchant = ANY($2::int[]) AND c.at >= $3 AND c.at < $4'

const lostSales = `
  SELECT ${local} / ${dayMs} AS day, state, reason, outcome, result = 4 AS explicit,
    count(*) AS checkouts, sum(a) AS amount, sum(paid) AS paid, sum(lost) AS lost
  FROM (${judged(`${ofMerchant} AND c.asked`)}) j GROUP BY 1, 2, 3, 4, 5`

const hour = `${local} / 3600000 % 24`
const segments: Record<Dimension, string> = {
  ageBand: 'age_band',
  returning: 'visitor',
  ticketBand: `width_bucket(first_amount, ARRAY[5000, 10000, 30000, 100000]::bigint[])`,
  daypart: `width_bucket(${hour}, ARRAY[6, 11, 14, 17, 21]::bigint[])`,
  weekday: `${local} / ${dayMs} % 7`,
}
const segmentsBy = (by: Dimension): string => `
  SELECT ${segments[by]} AS segment, count(*) AS checkouts, sum(first_amount) AS amount,
    count(*) FILTER (WHERE unsupported) AS unsupported, sum(a) FILTER (WHERE unsupported) AS unsupported_amount, sum(lost) AS lost
  FROM (${judged(ofMerchant)}) j GROUP BY 1`

/** $5: the merchant. $6: the first Monday. $7: the end of the last week. Its provider's merchants are of its side. */
const cohort = `
  SELECT (at - $6::bigint) / ${weekMs} AS week, j.merchant, m.provider = $1 AS ours, j.merchant = $5::int AS own,
    count(DISTINCT customer) FILTER (WHERE asked AND customer <> 0) AS customers,
    count(*) FILTER (WHERE asked) AS attempted, count(*) FILTER (WHERE state = 1) AS approved,
    count(*) FILTER (WHERE state = 2) AS pending, sum(a) FILTER (WHERE unsupported) AS unsupported_amount, sum(lost) AS lost,
    count(*) FILTER (WHERE unsupported AND customer <> 0) AS unsupported_known,
    count(*) FILTER (WHERE unsupported AND customer <> 0 AND followed) AS unsupported_followed,
    count(*) FILTER (WHERE NOT unsupported AND customer <> 0) AS other_known,
    count(*) FILTER (WHERE NOT unsupported AND customer <> 0 AND followed) AS other_followed
  FROM (
    SELECT *, count(*) OVER (PARTITION BY merchant, customer ORDER BY at
      RANGE BETWEEN 1::bigint FOLLOWING AND ${28 * dayMs}::bigint FOLLOWING) > 0 AS followed
    FROM (${judged(ofMany)}) judged
  ) j
  JOIN merchants m ON m.merchant = j.merchant
  WHERE at < $7::bigint
  GROUP BY GROUPING SETS ((1, j.merchant, 3, 4), (1, 3, 4))`

/** $5: the merchants of its provider in the cohort. */
const diversion = `
  SELECT count(*) FILTER (WHERE outcome = 'abandoned') AS lost,
    count(*) FILTER (WHERE outcome = 'abandoned' AND elsewhere) AS lost_elsewhere,
    count(*) FILTER (WHERE kept) AS kept, count(*) FILTER (WHERE kept AND elsewhere) AS kept_elsewhere
  FROM (
    SELECT outcome, state = 1 OR outcome IN ('recoveredInWallet', 'recoveredOther') AS kept, EXISTS (
      SELECT FROM theirs WHERE theirs.customer = j.customer AND paid_on > j.at AND paid_on <= j.at + ${dayMs}) AS elsewhere
    FROM (${judged(`${ofMerchant} AND c.asked AND c.customer <> 0`)}) j
  ) k`
const withTheirs = `
  WITH theirs AS (
    SELECT customer, paid_on FROM checkouts, unnest(paid_at) AS paid_on
    WHERE customer <> 0 AND merchant = ANY($5::int[]) AND at >= $3::bigint - ${2 * dayMs} AND at < $4::bigint + ${3 * dayMs}
  )`

const approvedDays = `
  SELECT terminal, array_agg(DISTINCT ${local} / ${dayMs}) AS days FROM checkouts
  WHERE merchant = ANY($1::int[]) AND state = 1 AND at < $2 GROUP BY terminal`
const firstUnsupported = `
  SELECT terminal, min(at) AS at FROM (${judged('c.merchant = ANY($2::int[]) AND c.at < $3 AND c.state = 3')}) j
  WHERE unsupported GROUP BY terminal`
const firstSeen = 'SELECT terminal, first_seen FROM terminals WHERE merchant = ANY($1::int[])'
const reasonsOf = `
  SELECT reason, count(*) AS checkouts, sum(a) AS amount FROM (${judged(`${ofMany} AND c.state = 3`)}) j GROUP BY reason`

export type Row = Record<string, unknown>

/** The rows of the figure's queries, one after the other. */
export async function postgresFigure(client: pg.Client, figure: Figure, shop: Shop): Promise<Row[]> {
  const [from, to] = spanOf(figure.days)
  const run = async (name: string, text: string, values: unknown[]): Promise<Row[]> =>
    (await client.query<Row>({ name, text, values })).rows
  const its = [shop.providerId, shop.rank, from, to]
  switch (figure.what) {
    case 'lost sales':
      return run('lost sales', lostSales, its)
    case 'segments':
      return run(figure.by, segmentsBy(figure.by), its)
    case 'competitiveness': {
      const cohortShops = shops.filter(({ mcc, region }) => mcc === shop.mcc && region === shop.region)
      const ranks = cohortShops.map(({ rank }) => rank)
      const ours = cohortShops.filter(({ providerId, rank }) => providerId === shop.providerId && rank !== shop.rank)
      return [
        ...(await run('cohort', cohort, [shop.providerId, ranks, from, to + 28 * dayMs, shop.rank, from, to])),
        ...(await run('diversion', withTheirs + diversion, [...its, ours.map(({ rank }) => rank)])),
      ]
    }
    case 'adoption': {
      const ranks = shops.filter(({ providerId }) => providerId === shop.providerId).map(({ rank }) => rank)
      return [
        ...(await run('approved days', approvedDays, [ranks, to])),
        ...(await run('first unsupported', firstUnsupported, [shop.providerId, ranks, to])),
        ...(await run('first seen', firstSeen, [ranks])),
        ...(await run('reasons', reasonsOf, [shop.providerId, ranks, from, to])),
      ]
    }
  }
}

interface Answer {
  totals?: { attempted: Volume; unsupported: Volume; netLost: { amount: number } }
  segments?: { all: Volume; unsupported: Volume; netLost: { amount: number } }[]
  reasons?: ({ reason: string } & Volume)[]
}

interface Volume {
  checkouts: number
  amount: number
}

/** Throws where PostgreSQL and our answer don't give the same totals: then one of them does less than the other. */
export function mustAgree({ what, name }: Figure, rows: readonly Row[], { totals, segments, reasons }: Answer): void {
  const sum = (of: readonly Row[], column: string): number =>
    of.reduce((total, row) => total + Number(row[column] ?? 0), 0)
  const total = (of: readonly Volume[]): number[] => [
    of.reduce((all, { checkouts }) => all + checkouts, 0),
    of.reduce((all, { amount }) => all + amount, 0),
  ]
  const both = (): [ours: readonly unknown[], theirs: readonly unknown[]] => {
    switch (what) {
      case 'lost sales': {
        const unsupported = rows.filter(({ outcome }) => outcome !== '')
        return [
          [
            ...total([totals?.attempted, totals?.unsupported].filter((volume) => volume !== undefined)),
            totals?.netLost.amount,
          ],
          [
            sum(rows, 'checkouts') + sum(unsupported, 'checkouts'),
            sum(rows, 'amount') + sum(unsupported, 'amount'),
            sum(rows, 'lost'),
          ],
        ]
      }
      case 'segments':
        return [
          [
            segments?.length,
            ...total((segments ?? []).map(({ all }) => all)),
            ...total((segments ?? []).map((each) => each.unsupported)),
          ],
          [
            rows.length,
            ...['checkouts', 'amount', 'unsupported', 'unsupported_amount'].map((column) => sum(rows, column)),
          ],
        ]
      case 'competitiveness':
        return [[], []]
      case 'adoption': {
        const theirs = rows.filter(({ reason }) => reason !== undefined)
        return [total(reasons ?? []), [sum(theirs, 'checkouts'), sum(theirs, 'amount')]]
      }
    }
  }
  const [ours, theirs] = both()
  if (ours.join() !== theirs.join())
    throw new Error(`${name}: ${ours.join()} is answered, PostgreSQL has ${theirs.join()}`)
}
