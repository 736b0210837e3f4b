/** Derives merchant-days from the log and replaces what was kept of them. */

import { sql, type RawBuilder } from 'kysely'
import { derivedCheckouts, utcDay } from '../metrics/derivation.ts'
import type { EventStore } from '../store/connect.ts'
import { dayMs, type MerchantDays } from './touched.ts'

/** The columns of `checkout_days` that hold one entry a checkout, in the order of the table. */
export const kept = [
  ...[
    'at',
    'asked',
    'a',
    'firstAmount',
    'terminalNo',
    'state',
    'refused',
    'codeSystem',
    'codeValue',
    'channelDisabled',
  ],
  ...['reasonTerminal', 'reasonAt', 'result', 'paid', 'savedBy', 'customer', 'ageBand', 'returning', 'paidAt'],
] as const

/** Some merchants over days that lie close together, few enough for one statement. */
export interface Batch {
  /** Days since 1970, both inclusive. */
  from: number
  to: number
  days: MerchantDays
}

/** In one statement; its text holds them all. */
const mostDays = 2_000
/** So far apart, days are derived together: what lies between is derived too, and not kept. */
const closeTogether = 3
const longestRun = 31

/** Splits merchant-days into batches, those with the same days together. */
export function batchesOf(touched: MerchantDays): Batch[] {
  const bySpan = new Map<string, { from: number; to: number; entries: [string, number[]][] }>()
  for (const [merchantNo, days] of touched) {
    for (const run of runsOf(days)) {
      const [from, to] = [run[0] ?? 0, run.at(-1) ?? 0]
      const key = `${from} ${to}`
      const span = bySpan.get(key) ?? { from, to, entries: [] }
      span.entries.push([merchantNo, run])
      bySpan.set(key, span)
    }
  }
  return [...bySpan.values()].flatMap(({ from, to, entries }) => {
    const perBatch = Math.max(1, Math.floor(mostDays / (to - from + 1)))
    return Array.from({ length: Math.ceil(entries.length / perBatch) }, (_, i) => ({
      from,
      to,
      days: new Map(entries.slice(i * perBatch, (i + 1) * perBatch)),
    }))
  })
}

function runsOf(days: readonly number[]): number[][] {
  const runs: number[][] = []
  for (const day of [...days].sort((a, b) => a - b)) {
    const run = runs.at(-1)
    const [first, last] = [run?.[0], run?.at(-1)]
    if (run !== undefined && day - last! <= closeTogether && day - first! < longestRun) run.push(day)
    else runs.push([day])
  }
  return runs
}

/** @param rolledTo every event received before it is in the log by now. */
export function rollStatement({ from, to, days }: Batch, rolledTo: number): RawBuilder<unknown> {
  const pairs = [...days].flatMap(([merchantNo, those]) => those.map((day) => [merchantNo, day] as const))
  const whose = sql<boolean>`merchantNo IN (SELECT merchantNo FROM wanted)`
  const span = { from: from * dayMs, to: (to + 1) * dayMs }
  return sql`
    INSERT INTO checkout_days (merchantNo, day, rolledTo, ${sql.join(kept.map((name) => sql.ref(name)))}, seenTerminal, firstSeen, newestSale)
    WITH wanted AS (
      SELECT pair.1 AS merchantNo, toDate(pair.2) AS day
      FROM (SELECT arrayJoin(arrayZip(${pairs.map(([merchantNo]) => merchantNo)}, ${pairs.map(([, day]) => day)})) AS pair)
    )
    SELECT merchantNo, day, ${rolledTo},
      ${sql.join(kept.map((_name, i) => sql`tupleElement(checkouts, ${sql.lit(i + 1)})`))},
      terminals.1, terminals.2, terminals.3
    FROM wanted
    LEFT JOIN (
      SELECT merchantNo, toDate(intDiv(at, ${dayMs})) AS day,
        groupArray((${sql.join(kept.map((name) => sql.ref(name)))})) AS checkouts
      FROM (${derivedCheckouts(whose, span)})
      GROUP BY merchantNo, day
    ) AS derived USING (merchantNo, day)
    LEFT JOIN (
      SELECT merchantNo, day, groupArray((terminalNo, firstSeen, newestSale)) AS terminals
      FROM (
        SELECT merchantNo, day, terminalNo, min(time) AS firstSeen,
          maxIf(time, kind = 'succeeded' AND NOT paidByHuabei) AS newestSale
        FROM checkout_events
        WHERE ${whose} AND day BETWEEN toDate(${utcDay(span.from)}) AND toDate(${utcDay(span.to - 1)})
        GROUP BY merchantNo, day, terminalNo
      )
      GROUP BY merchantNo, day
    ) AS seen USING (merchantNo, day)`
}

/**
 * @param rolledTo as above. Noted when all is done: until then the days are derived when they are read.
 * @param options `onBatch` is told after each batch; `signal` ends it between two.
 */
export async function roll(
  store: EventStore,
  touched: MerchantDays,
  rolledTo: number,
  { onBatch, signal }: { onBatch?: (done: number, of: number) => void; signal?: AbortSignal } = {},
): Promise<void> {
  const batches = batchesOf(touched)
  for (const [i, batch] of batches.entries()) {
    if (signal?.aborted === true) return
    await store.execute(rollStatement(batch, rolledTo))
    onBatch?.(i + 1, batches.length)
  }
  await store.execute(sql`INSERT INTO rollup_progress SELECT 0, ${rolledTo}`)
}
