/**
 * Replaces what was kept of merchant-days: by what the log gives, of the checkouts that arrivals concern or of all. And notes what
 * the arrivals tell of their terminals.
 */

import { sql, type RawBuilder } from 'kysely'
import { derivedCheckouts, utcDay, withinReach, type Span } from '../metrics/derivation.ts'
import { among } from '../metrics/tenants.ts'
import type { EventStore } from '../store/connect.ts'
import { dayMs, type MerchantDays } from './touched.ts'

/** The columns of `rolled_checkouts` that hold one entry a checkout, in the order of the table. */
export const kept = [
  ...[
    'checkout',
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

/** In one statement. */
const most = { merchantDays: 5_000, events: 25_000 }
/** Of sorts and groups in memory, bytes: the customers of a few arrivals may be those of all events. */
const inMemory = 128 * 1024 * 1024
/**
 * Days of one window are derived together. A statement takes a tenth of a second to plan, however little it derives. Windows are
 * counted back from the newest day: today's customers touch yesterday too, and what is read for one is read for both.
 */
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
  const newest = [...touched.values()].reduce((so, { days }) => Math.max(so, days.at(-1) ?? 0), 0)
  for (const [merchantNo, { days, events }] of touched) {
    const perDay = events / days.length
    const width = days.length > wideWindowDays ? wideWindowDays : windowDays
    for (const [window, those] of Map.groupBy(days, (day) => Math.floor((newest - day) / width))) {
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

/** The merchant-days of the batch: a table that its statements read by this name. */
function wantedOf({ days }: Batch): RawBuilder<unknown> {
  const pairs = [...days].flatMap(([merchantNo, those]) => those.days.map((day) => [merchantNo, day] as const))
  return sql`
    SELECT pair.1 AS merchantNo, toDate(pair.2) AS day
    FROM (SELECT arrayJoin(arrayZip(${pairs.map(([merchantNo]) => merchantNo)}, ${pairs.map(([, day]) => day)})) AS pair)`
}
const whose = sql<boolean>`merchantNo IN (SELECT merchantNo FROM wanted)`
const spanOf = ({ from, to }: Batch): Span => ({ from: from * dayMs, to: (to + 1) * dayMs })

const columns = sql.join(kept.map((name) => sql.ref(name)))

/** What `rolledDays` reads, in this order: each may read those before it. @param since as there. */
function tablesOf(batch: Batch, since: number | undefined): Record<string, RawBuilder<unknown>> {
  const wanted = wantedOf(batch)
  return since === undefined ? { wanted } : { wanted, ...concernedBy(batch, since) }
}

/** A condition on rows of `rolled_checkouts`: those of the batch. */
const keptOf = (batch: Batch): RawBuilder<unknown> => {
  const { from, to } = spanOf(batch)
  return sql`day BETWEEN toDate(${utcDay(from)}) AND toDate(${utcDay(to - 1)}) AND (merchantNo, day) IN wanted`
}

/**
 * What is kept of the batch from now on, a row for each of its merchant-days, from `tablesOf`.
 * @param rolledTo every event received before it is in the log by now.
 * @param since what was kept of the days holds every event received before it: only checkouts that concern a later one are
 *   derived. Undefined: nothing that was kept counts.
 */
function rolledDays(batch: Batch, rolledTo: number, since: number | undefined): RawBuilder<unknown> {
  const derived = sql`
    SELECT merchantNo, toDate(intDiv(at, ${dayMs})) AS day, ${columns}
    FROM (${derivedCheckouts(whose, spanOf(batch), since === undefined ? undefined : isRead)})`
  const checkouts =
    since === undefined
      ? derived
      : sql`
    ${derived} WHERE ${isReplaced}
    UNION ALL
    SELECT merchantNo, day, ${columns} FROM rolled_checkouts FINAL ARRAY JOIN ${columns}
    WHERE ${keptOf(batch)} AND NOT ${isReplaced}`
  return sql`
    SELECT merchantNo, day, ${rolledTo},
      ${sql.join(kept.map((_name, i) => sql`tupleElement(checkouts, ${sql.lit(i + 1)})`))}
    FROM wanted
    LEFT JOIN (
      SELECT merchantNo, day, groupArray((${columns})) AS checkouts FROM (${checkouts}) GROUP BY merchantNo, day
    ) AS derived USING (merchantNo, day)`
}

/** What events tell of each terminal, a row each: which events is a condition. */
export const seenIn = (which: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  SELECT merchantNo, terminalNo, min(time) AS firstSeen, maxIf(time, kind = 'succeeded' AND NOT paidByHuabei) AS newestSale
  FROM checkout_events WHERE ${which} GROUP BY merchantNo, terminalNo`

/** @param since as in `rolledDays`. */
function seenStatement({ from, to, days }: Batch, since?: number): RawBuilder<unknown> {
  const arrived = since === undefined ? sql`true` : sql`receivedAt >= ${since}`
  const onDays = sql`day BETWEEN toDate(${utcDay(from * dayMs)}) AND toDate(${utcDay(to * dayMs)})`
  return sql`INSERT INTO terminals_seen ${seenIn(sql`${among(sql`merchantNo`, [...days.keys()])} AND ${onDays} AND ${arrived}`)}`
}

/** Sets of numbers are looked up in a third of the time. Of two checkouts that share one both are derived: no harm. */
const keyOf = (checkout: RawBuilder<unknown>) => sql`cityHash64(merchantNo, ${checkout})`
const checkoutKey = keyOf(sql`sipHash64(checkoutId)`)
const customerKey = sql`cityHash64(merchantNo, customer)`

/**
 * The checkouts that an arrival can change: its own, and those of every customer whom one of its checkout's events names: what
 * they paid there may be, or no longer be, the payment that another checkout was deferred to.
 */
function concernedBy(batch: Batch, since: number) {
  const events = sql`FROM checkout_events WHERE ${whose} AND ${withinReach(spanOf(batch))}`
  return {
    arrived: sql`SELECT ${checkoutKey} AS key ${events} AND receivedAt >= ${since}`,
    customers: sql`SELECT ${customerKey} AS key ${events} AND customer != 0 AND ${checkoutKey} IN arrived`,
    /** And whoever may hold such a payment beside them. */
    concerned: sql`SELECT ${checkoutKey} AS key ${events} AND (${customerKey} IN customers OR ${checkoutKey} IN arrived)`,
    /**
     * Told once, by what is kept: events are inserted while the batch is worked at, and a checkout must not be derived and carried
     * over, or neither, because one of them changed its customer meanwhile.
     */
    replaced: sql`
      SELECT key FROM arrived
      UNION ALL
      SELECT ${keyOf(sql`checkout`)} AS key FROM rolled_checkouts FINAL ARRAY JOIN checkout, customer
      WHERE ${keptOf(batch)} AND ${customerKey} IN customers`,
  }
}
/** A condition on events: whole checkouts. */
const isRead = sql<boolean>`${checkoutKey} IN concerned`
/** A condition on checkouts, derived or kept. */
const isReplaced = sql<boolean>`${keyOf(sql`checkout`)} IN replaced`

interface RollOptions {
  /** As `rolledDays` takes it. */
  since?: number | undefined
  /** Of the engine; default: as many as there are cores. */
  threads?: number
  /** Is told after each batch, and waited for. */
  onBatch?: (done: number, of: number) => void | Promise<void>
  /** Ends it, in the middle of a batch too. */
  signal?: AbortSignal
}

/**
 * @param rolledTo as above, asked for before each statement. What it was at first is noted when all is done: until then the days
 *   are derived when they are read.
 */
export async function roll(
  store: EventStore,
  touched: MerchantDays,
  rolledTo: () => number,
  { since, threads, onBatch, signal }: RollOptions = {},
): Promise<void> {
  const batches = batchesOf(touched)
  const first = rolledTo()
  for (const [i, batch] of batches.entries()) {
    signal?.throwIfAborted()
    const settings = sql.join([
      sql`max_bytes_before_external_sort = ${sql.lit(inMemory)}`,
      sql`max_bytes_before_external_group_by = ${sql.lit(inMemory)}`,
      ...(threads === undefined ? [] : [sql`max_threads = ${sql.lit(threads)}`]),
    ])
    const execute = (statement: RawBuilder<unknown>) => store.execute(sql`${statement} SETTINGS ${settings}`, signal)
    const tables = Object.entries(tablesOf(batch, since))
    const rolled = rolledDays(batch, rolledTo(), since)
    const into = sql`INSERT INTO rolled_checkouts (merchantNo, day, rolledTo, ${columns})`
    if (store.keepsTables) {
      // Within the statement each would be worked out wherever it is read.
      for (const [name, rows] of tables)
        await execute(sql`CREATE OR REPLACE TEMPORARY TABLE ${sql.ref(name)} AS ${rows}`)
      await execute(sql`${into} ${rolled}`)
    } else {
      const named = tables.map(([name, rows]) => sql`${sql.ref(name)} AS (${rows})`)
      await execute(sql`${into} WITH ${sql.join(named)} ${rolled}`)
    }
    await execute(seenStatement(batch, since))
    await onBatch?.(i + 1, batches.length)
  }
  await store.execute(sql`INSERT INTO rollup_progress SELECT 0, ${first}`)
}
