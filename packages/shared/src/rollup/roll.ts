/** Derives merchant-days from the log and replaces what was kept of them. */

import { sql, type RawBuilder } from 'kysely'
import { derivedCheckouts, utcDay } from '../metrics/derivation.ts'
import type { EventStore } from '../store/connect.ts'
import { dayMs, type MerchantDays } from './touched.ts'

/** The columns of `checkouts_by_day` that hold one entry a checkout, in the order of the table. */
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

/** In one statement: it holds them in memory. */
const most = { merchantDays: 2_000, events: 50_000 }
/** Days of one window are derived together. A statement takes a tenth of a second to plan, however little it derives. */
const windowDays = 16
/** For who is touched on more days than that: a window's granules hold other days too, which are read again for each window. */
const wideWindowDays = 64
/** So many merchants with the same days are worth a statement of their own; the others' days are derived as one span. */
const worthAStatement = 50

interface Entry {
  merchantNo: string
  days: readonly number[]
  events: number
}

/** Splits merchant-days into batches, those with the same days together. */
export function batchesOf(touched: MerchantDays): Batch[] {
  const groups = new Map<string, Entry[]>()
  for (const [merchantNo, { days, events }] of touched) {
    const perDay = events / days.length
    const width = days.length > wideWindowDays ? wideWindowDays : windowDays
    for (const [window, those] of Map.groupBy(days, (day) => Math.floor(day / width))) {
      const key = `${width}-${window} ${those[0]} ${those.at(-1)}`
      const group = groups.get(key) ?? []
      group.push({ merchantNo, days: those, events: perDay * those.length })
      groups.set(key, group)
    }
  }
  const large = [...groups.values()].filter((group) => group.length >= worthAStatement)
  const small = [...groups].filter(([, group]) => group.length < worthAStatement)
  const mixed = Map.groupBy(small, ([key]) => key.split(' ')[0]).values()
  return [...large, ...[...mixed].map((those) => those.flatMap(([, group]) => group))].flatMap(split)
}

function split(group: readonly Entry[]): Batch[] {
  const batches: Entry[][] = []
  let [merchantDays, events] = [0, 0]
  for (const entry of group) {
    merchantDays += entry.days.length
    events += entry.events
    const batch = batches.at(-1)
    if (batch !== undefined && merchantDays <= most.merchantDays && events <= most.events) {
      batch.push(entry)
      continue
    }
    batches.push([entry])
    ;[merchantDays, events] = [entry.days.length, entry.events]
  }
  return batches.map((batch) => {
    const all = batch.flatMap(({ days }) => days)
    return {
      from: Math.min(...all),
      to: Math.max(...all),
      days: new Map(batch.map(({ merchantNo, days, events }) => [merchantNo, { days, events }])),
    }
  })
}

/** @param rolledTo every event received before it is in the log by now. */
export function rollStatement({ from, to, days }: Batch, rolledTo: number): RawBuilder<unknown> {
  const pairs = [...days].flatMap(([merchantNo, those]) => those.days.map((day) => [merchantNo, day] as const))
  const whose = sql<boolean>`merchantNo IN (SELECT merchantNo FROM wanted)`
  const span = { from: from * dayMs, to: (to + 1) * dayMs }
  return sql`
    INSERT INTO checkouts_by_day (merchantNo, day, rolledTo, ${sql.join(kept.map((name) => sql.ref(name)))}, seenTerminal, firstSeen, newestSale)
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
 * @param options `onBatch` is told after each batch; `signal` ends it, in the middle of one too.
 */
export async function roll(
  store: EventStore,
  touched: MerchantDays,
  rolledTo: number,
  { onBatch, signal }: { onBatch?: (done: number, of: number) => void; signal?: AbortSignal } = {},
): Promise<void> {
  const batches = batchesOf(touched)
  for (const [i, batch] of batches.entries()) {
    signal?.throwIfAborted()
    await store.execute(rollStatement(batch, rolledTo), signal)
    onBatch?.(i + 1, batches.length)
  }
  await store.execute(sql`INSERT INTO rollup_progress SELECT 0, ${rolledTo}`)
}
