/** The list of a provider's merchants: what its address asks for, and what is left of it. Pure. */

import { groupOf, reasons, type Reason } from '@tillsight/shared/events/reasons.ts'
import type { MerchantLoss } from '@tillsight/shared/metrics/merchant-losses.ts'
import { addStates, fleetStates, noStates, type FleetState, type StateCounts } from '#charts/fleet-states/rows.ts'

/** Of a merchant's terminals: all are open, some, none; or it has none. */
export const standings = ['open', 'partly', 'closed', 'empty'] as const
export type Standing = (typeof standings)[number]

export interface MerchantRow {
  merchantNo: string
  name: string
  mcc: string
  /** Four digits of GB/T 2260. */
  city: string
  /** N, fen. */
  lost: number
  /** The high bound of N, fen: what nobody knows the outcome of may be lost too. */
  high: number
  /** Checkouts refused because Huabei is not accepted, and asked for at all. */
  unsupported: number
  attempted: number
  /** Null where nothing was refused. */
  cause: Reason | null
  /** In use, and what they last said. */
  terminals: number
  states: StateCounts
  /** N of the settled days less N of as many days before, fen; null where nothing is compared. */
  change: number | 'unknown' | null
}

const sorts = ['lost', 'change', 'unsupported', 'cause', 'open', 'name'] as const
export type Sort = (typeof sorts)[number]

export interface Choice {
  search: string
  cause: Reason | null
  standing: Standing | null
  /** At least one of its terminals is in this state. */
  has: FleetState | null
  mcc: string | null
  city: string | null
  sort: Sort
  descending: boolean
  /** From 1. */
  page: number
}

export const causes = reasons.filter((reason) => groupOf(reason) === 'unsupported')

/** What sorts ascending where the address does not say. */
const ascendingAtFirst: ReadonlySet<Sort> = new Set(['cause', 'open', 'name'])

/** What can't be read counts as not asked for. */
export function choiceIn(query: URLSearchParams): Choice {
  const one = <T extends string>(name: string, list: readonly T[]): T | null =>
    list.find((each) => each === query.get(name)) ?? null
  const sort = one('sort', sorts) ?? 'lost'
  const order = query.get('order')
  const page = Number(query.get('page') ?? '1')
  return {
    search: (query.get('q') ?? '').trim().slice(0, 100),
    cause: one('cause', causes),
    standing: one('state', standings),
    has: one('has', fleetStates),
    mcc: query.get('mcc') || null,
    city: query.get('city') || null,
    sort,
    descending: order === null ? !ascendingAtFirst.has(sort) : order === 'desc',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  }
}

export const standingOf = ({ terminals, states }: Pick<MerchantRow, 'terminals' | 'states'>): Standing => {
  if (terminals === 0) return 'empty'
  if (states.open === 0) return 'closed'
  return states.open === terminals ? 'open' : 'partly'
}

/** Where outcomes are missing, N lies between bounds: without a sign that they share nobody knows whether it grew. */
export function changeOf(trend: MerchantLoss['trend']): MerchantRow['change'] {
  if (trend === null) return null
  const { settled, before } = trend
  const [least, most] = [settled.amount - before.high, settled.high - before.amount]
  return least === most || least > 0 || most < 0 ? settled.amount - before.amount : 'unknown'
}

const openShare = ({ terminals, states }: MerchantRow): number => (terminals === 0 ? -1 : states.open / terminals)

/** As filters offer them; who has none comes after them. */
const placeOf = ({ cause }: MerchantRow): number => (cause === null ? causes.length : causes.indexOf(cause))

/** Who is not known to have changed stands among those who did not. */
const known = ({ change }: MerchantRow): number => (typeof change === 'number' ? change : 0)

const collator = new Intl.Collator('zh-CN')

const compare: Record<Sort, (a: MerchantRow, b: MerchantRow) => number> = {
  lost: (a, b) => a.lost - b.lost || a.high - b.high,
  change: (a, b) => known(a) - known(b),
  unsupported: (a, b) => a.unsupported - b.unsupported,
  cause: (a, b) => placeOf(a) - placeOf(b),
  open: (a, b) => openShare(a) - openShare(b),
  name: (a, b) => collator.compare(a.name, b.name),
}

/** All rows that the filters leave, in order. Of equal ones that with the larger loss comes first, else that with the lower number. */
export function chosen(rows: readonly MerchantRow[], choice: Choice): MerchantRow[] {
  const { search, cause, standing, has, mcc, city, sort, descending } = choice
  const sought = search.toLowerCase()
  const sign = descending ? -1 : 1
  return rows
    .filter(
      (row) =>
        (sought === '' || row.name.toLowerCase().includes(sought) || row.merchantNo.includes(sought)) &&
        (cause === null || row.cause === cause) &&
        (standing === null || standingOf(row) === standing) &&
        (has === null || row.states[has] > 0) &&
        (mcc === null || row.mcc === mcc) &&
        (city === null || row.city === city),
    )
    .sort((a, b) => sign * compare[sort](a, b) || b.lost - a.lost || (a.merchantNo < b.merchantNo ? -1 : 1))
}

export const rowsAPage = 50

export interface MerchantPage {
  rows: MerchantRow[]
  /** That the filters leave. */
  merchants: number
  /** Of all of them together. `unclear`: of how many the loss is not known. */
  sums: Record<'lost' | 'high' | 'unclear' | 'unsupported' | 'terminals', number> & { states: StateCounts }
  page: number
  pages: number
}

/** A page beyond the last one is the last one. */
export function pageOf(rows: readonly MerchantRow[], asked: number): MerchantPage {
  const pages = Math.max(1, Math.ceil(rows.length / rowsAPage))
  const page = Math.min(asked, pages)
  const sum = (of: (row: MerchantRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const states = noStates()
  for (const row of rows) addStates(states, row.states)
  return {
    rows: rows.slice((page - 1) * rowsAPage, page * rowsAPage),
    merchants: rows.length,
    sums: {
      lost: sum(({ lost }) => lost),
      high: sum(({ high }) => high),
      unclear: rows.filter(({ lost, high }) => high > lost).length,
      unsupported: sum(({ unsupported }) => unsupported),
      terminals: sum(({ terminals }) => terminals),
      states,
    },
    page,
    pages,
  }
}

/** What there is to filter by, in order of name. */
export const optionsOf = (rows: readonly MerchantRow[], of: 'mcc' | 'city'): string[] =>
  [...new Set(rows.map((row) => row[of]))].sort()
