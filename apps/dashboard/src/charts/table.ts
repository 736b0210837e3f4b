/** The numbers of a panel: shown as a table, and handed out as files that say the same. */

import { count, exactYuan, percent, ratio } from '#lib/format.ts'

/** `money` is fen, `share` is of one, `ratio` is so many times. */
type Kind = 'text' | 'count' | 'money' | 'share' | 'ratio'

export interface Column {
  name: string
  kind: Kind
}

/** Making an Excel file takes the server 40 ms a thousand rows, during which it answers nobody; CSV a tenth of it. */
export const excelRowsAtMost = 20_000

/** A time, as a page says it and as files have it: ISO 8601, which sorts. */
interface Time {
  said: string
  iso: string
}

/** Null where there is no figure. */
export type Cell = string | number | Time | null

export interface Table {
  caption: string
  /** The first one names the row. */
  columns: readonly Column[]
  rows: readonly (readonly Cell[])[]
  /** The last row, where columns add up. */
  total?: readonly Cell[]
}

const written: Record<Kind, (n: number) => string> = {
  text: String,
  count,
  money: exactYuan,
  share: percent,
  ratio,
}

export function writtenCell(cell: Cell | undefined, kind: Kind): string {
  if (cell === null || cell === undefined) return '–'
  if (typeof cell === 'object') return cell.said
  return typeof cell === 'string' ? cell : written[kind](cell)
}

export type FileCell = Exclude<Cell, Time>

/** All rows of a file, below its column names. */
export const allRows = ({ rows, total }: Table): FileCell[][] =>
  (total === undefined ? rows : [...rows, total]).map((row) =>
    row.map((cell) => (typeof cell === 'object' && cell !== null ? cell.iso : cell)),
  )
