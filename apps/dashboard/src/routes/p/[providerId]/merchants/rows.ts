/** The list of a provider's merchants: what its address asks for, and what is left of it. Pure. */

import { groupOf, reasons, type Reason } from '@tillsight/shared/events/reasons.ts'

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
  terminals: number
  open: number
  /** N of the settled days less N of as many days before, fen; null where nothing is compared. */
  change: number | null
}

const sorts = ['lost', 'change', 'unsupported', 'open', 'name'] as const
export type Sort = (typeof sorts)[number]

export interface Choice {
  search: string
  cause: Reason | null
  standing: Standing | null
  mcc: string | null
  city: string | null
  sort: Sort
  descending: boolean
  /** From 1. */
  page: number
}

export const causes = reasons.filter((reason) => groupOf(reason) === 'unsupported')

/** What sorts ascending where the address does not say. */
const ascendingAtFirst: ReadonlySet<Sort> = new Set(['open', 'name'])

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
    mcc: query.get('mcc') || null,
    city: query.get('city') || null,
    sort,
    descending: order === null ? !ascendingAtFirst.has(sort) : order === 'desc',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  }
}

export const standingOf = ({ terminals, open }: Pick<MerchantRow, 'terminals' | 'open'>): Standing => {
  if (terminals === 0) return 'empty'
  if (open === 0) return 'closed'
  return open === terminals ? 'open' : 'partly'
}

const openShare = ({ terminals, open }: MerchantRow): number => (terminals === 0 ? -1 : open / terminals)

const collator = new Intl.Collator('zh-CN')

const compare: Record<Sort, (a: MerchantRow, b: MerchantRow) => number> = {
  lost: (a, b) => a.lost - b.lost || a.high - b.high,
  change: (a, b) => (a.change ?? 0) - (b.change ?? 0),
  unsupported: (a, b) => a.unsupported - b.unsupported,
  open: (a, b) => openShare(a) - openShare(b),
  name: (a, b) => collator.compare(a.name, b.name),
}

/** All rows that the filters leave, in order. Equal ones stand by number. */
export function chosen(rows: readonly MerchantRow[], { search, cause, standing, mcc, city, sort, descending }: Choice) {
  const sought = search.toLowerCase()
  const sign = descending ? -1 : 1
  return rows
    .filter(
      (row) =>
        (sought === '' || row.name.toLowerCase().includes(sought) || row.merchantNo.includes(sought)) &&
        (cause === null || row.cause === cause) &&
        (standing === null || standingOf(row) === standing) &&
        (mcc === null || row.mcc === mcc) &&
        (city === null || row.city === city),
    )
    .sort((a, b) => sign * compare[sort](a, b) || (a.merchantNo < b.merchantNo ? -1 : 1))
}

export const rowsAPage = 50

export interface MerchantPage {
  rows: MerchantRow[]
  /** That the filters leave. */
  merchants: number
  /** Of all of them together. */
  sums: { lost: number; unsupported: number; attempted: number; terminals: number; open: number }
  page: number
  pages: number
}

/** A page beyond the last one is the last one. */
export function pageOf(rows: readonly MerchantRow[], asked: number): MerchantPage {
  const pages = Math.max(1, Math.ceil(rows.length / rowsAPage))
  const page = Math.min(asked, pages)
  const sum = (of: (row: MerchantRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  return {
    rows: rows.slice((page - 1) * rowsAPage, page * rowsAPage),
    merchants: rows.length,
    sums: {
      lost: sum(({ lost }) => lost),
      unsupported: sum(({ unsupported }) => unsupported),
      attempted: sum(({ attempted }) => attempted),
      terminals: sum(({ terminals }) => terminals),
      open: sum(({ open }) => open),
    },
    page,
    pages,
  }
}

/** What there is to filter by, in order of name. */
export const optionsOf = (rows: readonly MerchantRow[], of: 'mcc' | 'city'): string[] =>
  [...new Set(rows.map((row) => row[of]))].sort()
