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

/** Null where there is no figure. */
export type Cell = string | number | null

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
  return typeof cell === 'string' ? cell : written[kind](cell)
}

/** All rows of a file, below its column names. */
export const allRows = ({ rows, total }: Table): (readonly Cell[])[] =>
  total === undefined ? [...rows] : [...rows, total]
