/**
 * Adoption: how far the terminals of a provider have come towards taking Huabei (contract section 7).
 *
 * A terminal counts from the earlier of the day it was registered and the day of its first event, until it is retired. Its
 * state is the last reported for `HUABEI` by the end of its merchant's day, its model and firmware the last reported by then,
 * else the registry's. Active: an approved checkout, t₀ at this terminal, in the 28 days up to and including the day.
 * Time to open: see `time-to-open.ts`. Reasons: as in lost sales, over all the provider's merchants, without net lost.
 */

import { groupOf, type Reason, type ReasonGroup } from '../events/reasons.ts'
import type { FleetTerminal } from '../registry/fleet.ts'
import { cityOf, type MerchantScope, type ProviderScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import { countedColumns, DayCounts, type AdoptionDay } from './adoption-days.ts'
import { seenOf } from './adoption-events.ts'
import type { Answer, Basis, FigureParameters, Volume } from './answer.ts'
import { buildOf } from './builds.ts'
import { everDeclared } from './declared-causes.ts'
import { dayNumberOf, dayNumbers, intervalsOf, spanOf } from './intervals.ts'
import { factsBy, nothingSeen, spellOf, stretchesOf, type Calendar, type Facts, type Stretch } from './terminal-life.ts'
import { timeToOpen, type Spell, type TimeToOpen } from './time-to-open.ts'

export const adoptionGroups = ['model', 'firmware', 'mcc', 'city'] as const
export type AdoptionGroup = (typeof adoptionGroups)[number]

/** What pages group by; see `builds.ts`. */
type PageGroup = AdoptionGroup | 'build'

export interface Adoption extends Answer {
  providerId: string
  by: AdoptionGroup
  days: AdoptionDay[]
  /** As of `to`. */
  funnel: Record<'terminals' | 'capable' | 'signed' | 'open' | 'succeeded' | 'active', number>
  timeToOpen: TimeToOpen
  reasons: (Volume & { reason: Reason; group: ReasonGroup })[]
}

/** What only the pages show: time to open for each group that a terminal is in at the end of `to`, by name. */
export interface AdoptionByGroup extends Omit<Adoption, 'by'> {
  opening: (TimeToOpen & { group: string })[]
}

/** What nothing is known of. */
const unknownGroup = 'unknown'
const dayMs = 86_400_000
/** No event is older: the log forgets after 25 months. */
const historyMs = 800 * dayMs

interface Fleet {
  merchants: readonly MerchantScope[]
  terminals: readonly FleetTerminal[]
}

type Asked<By> = FigureParameters & { by: By }

/** The answer of contract section 7. */
export async function adoption(
  store: EventStore,
  provider: ProviderScope,
  fleet: Fleet,
  asked: Asked<AdoptionGroup>,
): Promise<Adoption> {
  const { opening: _opening, ...answer } = await adoptionByGroup(store, provider, fleet, asked)
  return { ...answer, by: asked.by }
}

export async function adoptionByGroup(
  store: EventStore,
  { providerId }: ProviderScope,
  { merchants, terminals }: Fleet,
  { range, by, ownCodes, now, mayLag }: Asked<PageGroup>,
): Promise<AdoptionByGroup> {
  const days = new Map<string, AdoptionDay>()
  const funnel = { terminals: 0, capable: 0, signed: 0, open: 0, succeeded: 0, active: 0 }
  const spells: (Spell & { group: string })[] = []
  const byReason = new Map<Reason, Volume>()
  const settled = await settledFor(store, merchants, mayLag)
  const { reader } = settled
  const declares = await everDeclared(reader, merchants)
  const moment = { ownCodes, now, settled, declares, facts: factsFor(by) }
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
    const { seen, declined } = await seenOf(reader, { tenants, span: history, ...moment }, from, timeZone)
    const groups = new DayCounts(intervals.map(({ start }) => start))
    for (const terminal of terminals) {
      if (terminal.timeZone !== timeZone) continue
      const its = seen.get(terminal.merchantNo)?.get(terminal.terminalNo) ?? nothingSeen
      const life = stretchesOf(terminal, its, calendar)
      for (const stretch of life) groups.add(groupIn(by, terminal, stretch), stretch)
      const last = life.at(-1)
      if (last?.to === intervals.length) addToFunnel(funnel, last, its.approvedDays.length > 0)
      const spell = spellOf(terminal, its, calendar)
      if (spell !== undefined) spells.push({ ...spell, group: groupIn(by, terminal, factsBy(terminal, its, to)) })
    }
    for (const row of groups.rows()) addDay(days, row)
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
    days: [...days.values()].sort((a, b) => compare(a.day, b.day) || compare(a.group, b.group)),
    funnel,
    timeToOpen: timeToOpen(spells),
    reasons: [...byReason]
      .map(([reason, volume]) => ({ reason, group: groupOf(reason), ...volume }))
      .sort((a, b) => b.amount - a.amount || compare(a.reason, b.reason)),
    opening: [...Map.groupBy(spells, ({ group }) => group)]
      .map(([group, its]) => ({ group, ...timeToOpen(its) }))
      .sort((a, b) => compare(a.group, b.group)),
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function factsFor(by: PageGroup): Set<keyof Facts> {
  if (by === 'build') return new Set(['model', 'firmware'])
  return new Set(by === 'model' || by === 'firmware' ? [by] : [])
}

function groupIn(by: PageGroup, terminal: FleetTerminal, { model, firmware }: Facts): string {
  switch (by) {
    case 'model':
      return model ?? unknownGroup
    case 'firmware':
      return firmware ?? unknownGroup
    case 'build':
      return buildOf(model ?? unknownGroup, firmware ?? unknownGroup)
    case 'mcc':
      return terminal.mcc
    case 'city':
      return cityOf(terminal.region)
  }
}

/** Rows of several time zones with the same day and group are one. */
function addDay(days: Map<string, AdoptionDay>, row: AdoptionDay): void {
  const key = `${row.day} ${row.group}`
  const before = days.get(key)
  if (before === undefined) days.set(key, row)
  else for (const column of countedColumns) before[column] += row[column]
}

function addToFunnel(funnel: Adoption['funnel'], { state, active }: Stretch, everApproved: boolean): void {
  funnel.terminals += 1
  if (state !== 'not_capable' && state !== 'unknown') funnel.capable += 1
  if (state === 'signed_not_open' || state === 'open' || state === 'suspended') funnel.signed += 1
  if (state === 'open') funnel.open += 1
  if (everApproved) funnel.succeeded += 1
  if (active) funnel.active += 1
}

export const adoptionBasis: Record<string, Basis> = {
  ...Object.fromEntries(countedColumns.map((column) => [`days.${column}`, 'observed' as const])),
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
