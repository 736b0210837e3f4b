/**
 * Adoption: how far the terminals of a provider have come towards taking Huabei (contract section 7).
 *
 * A terminal counts from the earlier of the day it was registered and the day of its first event, until it is retired. Its
 * state is the last reported for `HUABEI` by the end of its merchant's day, its model and firmware the last reported by then,
 * else the registry's. Active: an approved checkout, t₀ at this terminal, in the 28 days up to and including the day.
 * Time to open: see `time-to-open.ts`. Reasons: as in lost sales, over all the provider's merchants, without net lost.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { groupOf, reasons, type Reason, type ReasonGroup } from '../events/reasons.ts'
import type { FleetTerminal } from '../registry/fleet.ts'
import { cityOf, type MerchantScope, type ProviderScope } from '../registry/scope.ts'
import { terminalDays } from '../rollup/read.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { Answer, Basis, FigureParameters, Volume } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { everDeclared } from './declared-causes.ts'
import { dayNumberOf, dayNumbers, intervalsOf, localTime, spanOf } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'
import { amongTenants } from './tenants.ts'
import {
  daysOf,
  nothingSeen,
  spellOf,
  type Calendar,
  type Seen,
  type TerminalDay,
  type TerminalState,
} from './terminal-life.ts'
import { timeToOpen, type Spell, type TimeToOpen } from './time-to-open.ts'

export const adoptionGroups = ['model', 'firmware', 'mcc', 'city'] as const
export type AdoptionGroup = (typeof adoptionGroups)[number]

/** The column of a day that counts a state. */
const columns = {
  not_capable: 'notCapable',
  capable_not_signed: 'capableNotSigned',
  signed_not_open: 'signedNotOpen',
  open: 'open',
  suspended: 'suspended',
  unknown: 'unknown',
} as const satisfies Record<TerminalState, string>

export type AdoptionDay = { day: string; group: string; terminals: number; active: number } & Record<
  (typeof columns)[TerminalState],
  number
>

export interface Adoption extends Answer {
  providerId: string
  by: AdoptionGroup
  days: AdoptionDay[]
  /** As of `to`. */
  funnel: Record<'terminals' | 'capable' | 'signed' | 'open' | 'succeeded' | 'active', number>
  timeToOpen: TimeToOpen
  reasons: (Volume & { reason: Reason; group: ReasonGroup })[]
}

const activeDays = 28
/** What nothing is known of. */
const unknownGroup = 'unknown'
const dayMs = 86_400_000
/** No event is older: the log forgets after 25 months. */
const historyMs = 800 * dayMs

const changes = Type.Array(Type.Tuple([Type.Integer(), Type.String()]))
const reportsSchema = Type.Object({
  merchantNo: Type.String(),
  terminalNo: Type.String(),
  firstAt: Type.Integer(),
  states: changes,
  models: changes,
  firmwares: changes,
})
const reportsCheck = Compile(reportsSchema)

/** One row a terminal that reported: when it first did, and each change of what it said, as [time, value] in order of time. */
export const reportsQuery = (merchants: readonly MerchantScope[]) => sql<Static<typeof reportsSchema>>`
    SELECT merchantNo, terminalNo, min(time) AS firstAt,
      ${changesOf('huabei')} AS states, ${changesOf('model')} AS models, ${changesOf('firmware')} AS firmwares
    FROM (SELECT * FROM terminal_reports WHERE ${amongTenants(merchants)} ORDER BY merchantNo, terminalNo, time, id, body)
    GROUP BY merchantNo, terminalNo
    SETTINGS max_threads = 1`

/** Values that are not empty, each only where it differs from the one before. Rows come in the contract's order. */
const changesOf = (column: 'huabei' | 'model' | 'firmware') => {
  const said = sql`groupArrayIf((time, toString(${sql.ref(column)})), ${sql.ref(column)} != '')`
  return sql`arrayFilter((now, before) -> now.2 != before.2, ${said}, arrayPopBack(arrayPushFront(${said}, (toInt64(0), ''))))`
}

const deedsSchema = Type.Object({
  /** Empty in the row of a reason. */
  merchantNo: Type.String(),
  terminalNo: Type.String(),
  /** Empty in the row of a terminal, and in that of what was not declined. */
  reason: Type.Enum(['', ...reasons]),
  /** UTC milliseconds of the first unsupported checkout; 0: none. */
  unsupportedAt: Type.Integer(),
  /** Runs of local days with an approved checkout, none more than 28 days after the one before. */
  approvedDays: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])),
  /** Declined in the range, with Σ a. */
  checkouts: Type.Integer(),
  amount: Type.Integer(),
})
const deedsCheck = Compile(deedsSchema)

/**
 * One row a terminal of t₀ and one a reason: both in one statement, as reading all of a provider's history takes longest.
 * Days are numbers since 1970. @param from UTC milliseconds: where the range begins.
 */
export const deedsQuery = (question: CheckoutsQuestion, from: number, timeZone: string) => sql<
  Static<typeof deedsSchema>
>`
    SELECT merchantNo, terminalNo, reason, minIf(at, unsupported) AS unsupportedAt,
      arraySort(groupUniqArrayIf(intDiv(${localTime(question.span, timeZone)}, ${dayMs}), state = 'approved')) AS days,
      arrayMap(run -> (run[1], run[-1]), arraySplit((day, gap) -> gap > ${activeDays}, days, arrayDifference(days))) AS approvedDays,
      countIf(at >= ${from} AND state = 'declined') AS checkouts, sumIf(a, at >= ${from} AND state = 'declined') AS amount
    FROM (${judgedCheckouts(question, ['asked', 'terminalNo', 'state', 'unsupported', 'reason', 'a'])})
    WHERE asked
    GROUP BY GROUPING SETS ((merchantNo, terminalNo), (reason))`

const firstSchema = Type.Object({
  merchantNo: Type.String(),
  terminals: Type.Array(Type.String()),
  firstAt: Type.Array(Type.Integer()),
})
const firstCheck = Compile(firstSchema)

/** One row a merchant: its terminals, and when each was first named by an event. */
export const firstEventQuery = (question: CheckoutsQuestion) => sql<Static<typeof firstSchema>>`
    SELECT merchantNo, seen.1 AS terminals, seen.2 AS firstAt
    FROM (
      SELECT merchantNo, minMap(CAST(seenTerminal, 'Array(String)'), firstSeen) AS seen
      FROM (${terminalDays(question, { from: question.span.from, to: Infinity })})
      GROUP BY merchantNo
    )`

interface Fleet {
  merchants: readonly MerchantScope[]
  terminals: readonly FleetTerminal[]
}

export async function adoption(
  store: EventStore,
  { providerId }: ProviderScope,
  { merchants, terminals }: Fleet,
  { range, by, ownCodes, now, mayLag }: FigureParameters & { by: AdoptionGroup },
): Promise<Adoption> {
  const days = new Map<string, AdoptionDay>()
  const funnel = { terminals: 0, capable: 0, signed: 0, open: 0, succeeded: 0, active: 0 }
  const spells: Spell[] = []
  const byReason = new Map<Reason, Volume>()
  const [settled, declares] = await Promise.all([settledFor(store, merchants, mayLag), everDeclared(store, merchants)])
  const moment = { ownCodes, now, settled, declares }
  // Days are the merchant's, so each zone's merchants are asked for by themselves.
  for (const [timeZone, tenants] of Map.groupBy(merchants, (merchant) => merchant.timeZone)) {
    const intervals = intervalsOf(range, timeZone, 'day')
    const { from, to } = spanOf(range, timeZone)
    const history = { from: Math.min(now, to) - historyMs, to }
    const calendar: Calendar = {
      dayOf: dayNumbers({ from: history.from, to: Math.max(now, to) }, timeZone),
      firstDay: dayNumberOf(range.from),
      ends: intervals.map((interval) => interval.to),
    }
    const { seen, declined } = await seenOf(store, { tenants, span: history, ...moment }, from, timeZone)
    for (const terminal of terminals) {
      if (terminal.timeZone !== timeZone) continue
      const its = seen.get(keyOf(terminal)) ?? nothingSeen
      const life = daysOf(terminal, its, calendar)
      for (const each of life) addDay(days, intervals[each.day]?.start ?? '', groupIn(by, terminal, each), each)
      const last = life.at(-1)
      if (last?.day === intervals.length - 1) addToFunnel(funnel, last, its.approvedDays.length > 0)
      const spell = spellOf(terminal, its, calendar)
      if (spell !== undefined) spells.push(spell)
    }
    for (const { reason, checkouts, amount } of declined) {
      const before = byReason.get(reason) ?? { checkouts: 0, amount: 0 }
      byReason.set(reason, { checkouts: before.checkouts + checkouts, amount: before.amount + amount })
    }
  }
  return {
    providerId,
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    asOf: new Date(settled.asOf).toISOString(),
    ...range,
    basis: adoptionBasis,
    by,
    days: [...days.values()].sort((a, b) => compare(a.day, b.day) || compare(a.group, b.group)),
    funnel,
    timeToOpen: timeToOpen(spells),
    reasons: [...byReason]
      .map(([reason, volume]) => ({ reason, group: groupOf(reason), ...volume }))
      .sort((a, b) => b.amount - a.amount || compare(a.reason, b.reason)),
  }
}

const keyOf = ({ merchantNo, terminalNo }: { merchantNo: string; terminalNo: string }) => `${merchantNo} ${terminalNo}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What the events of the tenants' terminals tell, up to the end of the question's span, and the reasons from `from` on. */
async function seenOf(
  { db }: EventStore,
  question: CheckoutsQuestion & { tenants: readonly MerchantScope[] },
  from: number,
  timeZone: string,
): Promise<{ seen: Map<string, Seen>; declined: (Volume & { reason: Reason })[] }> {
  const [reports, firsts, deeds] = await Promise.all([
    reportsQuery(question.tenants).execute(db),
    firstEventQuery(question).execute(db),
    deedsQuery(question, from, timeZone).execute(db),
  ])
  const seen = new Map<string, Seen>()
  const add = (key: string, more: Partial<Seen>) => {
    const before = seen.get(key) ?? nothingSeen
    seen.set(key, { ...before, ...more, firstAt: Math.min(before.firstAt, more.firstAt ?? Infinity) })
  }
  for (const row of parsedRows('adoption', reportsCheck, reports.rows)) add(keyOf(row), row)
  for (const { merchantNo, terminals, firstAt } of parsedRows('adoption', firstCheck, firsts.rows)) {
    for (const [i, terminalNo] of terminals.entries())
      add(keyOf({ merchantNo, terminalNo }), { firstAt: firstAt[i] ?? 0 })
  }
  const declined: (Volume & { reason: Reason })[] = []
  for (const row of parsedRows('adoption', deedsCheck, deeds.rows)) {
    const { reason, checkouts, amount, unsupportedAt, approvedDays } = row
    if (row.terminalNo !== '')
      add(keyOf(row), { approvedDays, unsupportedAt: unsupportedAt === 0 ? undefined : unsupportedAt })
    else if (reason !== '' && checkouts > 0) declined.push({ reason, checkouts, amount })
  }
  return { seen, declined }
}

function groupIn(by: AdoptionGroup, terminal: FleetTerminal, { model, firmware }: TerminalDay): string {
  switch (by) {
    case 'model':
      return model ?? unknownGroup
    case 'firmware':
      return firmware ?? unknownGroup
    case 'mcc':
      return terminal.mcc
    case 'city':
      return cityOf(terminal.region)
  }
}

function addDay(days: Map<string, AdoptionDay>, day: string, group: string, { state, active }: TerminalDay): void {
  const key = `${day} ${group}`
  let row = days.get(key)
  if (row === undefined) {
    const none = Object.fromEntries(Object.values(columns).map((column) => [column, 0])) as Record<
      (typeof columns)[TerminalState],
      number
    >
    row = { day, group, terminals: 0, ...none, active: 0 }
    days.set(key, row)
  }
  row.terminals += 1
  row[columns[state]] += 1
  if (active) row.active += 1
}

function addToFunnel(funnel: Adoption['funnel'], { state, active }: TerminalDay, everApproved: boolean): void {
  funnel.terminals += 1
  if (state !== 'not_capable' && state !== 'unknown') funnel.capable += 1
  if (state === 'signed_not_open' || state === 'open' || state === 'suspended') funnel.signed += 1
  if (state === 'open') funnel.open += 1
  if (everApproved) funnel.succeeded += 1
  if (active) funnel.active += 1
}

export const adoptionBasis: Record<string, Basis> = {
  ...Object.fromEntries(
    ['terminals', ...Object.values(columns), 'active'].map((column) => [`days.${column}`, 'observed' as const]),
  ),
  ...Object.fromEntries(
    ['terminals', 'capable', 'signed', 'open', 'succeeded', 'active'].map((stage) => [
      `funnel.${stage}`,
      'observed' as const,
    ]),
  ),
  'timeToOpen.terminals': 'observed',
  'timeToOpen.opened': 'observed',
  'timeToOpen.medianDays': 'estimate',
  'timeToOpen.low': 'estimate',
  'timeToOpen.high': 'estimate',
  'timeToOpen.curve.notOpen': 'estimate',
  'timeToOpen.curve.low': 'estimate',
  'timeToOpen.curve.high': 'estimate',
  'reasons.checkouts': 'observed',
  'reasons.amount': 'observed',
}
