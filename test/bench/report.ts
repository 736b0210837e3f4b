/** How a benchmark tells what it found: a table for people, and `--json FILE` for machines. */

import { writeFileSync } from 'node:fs'

export interface Figure {
  name: string
  value: number
  unit: string
}

export interface Goal {
  name: string
  /** As a sign and a number: `>= 1.5`. */
  goal: string
  value: number
  met: boolean
}

/** @param unit goes into the name, where there is one. */
export function goal(name: string, value: number, sign: '>=' | '<' | '<=', bound: number, unit = ''): Goal {
  return {
    name: unit === '' ? name : `${name}, ${unit}`,
    goal: `${sign} ${bound}`,
    value,
    met: sign === '<' ? value < bound : sign === '<=' ? value <= bound : value >= bound,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** Three digits that count. */
export function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** The median, and between what. */
export function range(values: readonly number[]): string {
  const between = values.length > 1 ? ` (${short(Math.min(...values))} – ${short(Math.max(...values))})` : ''
  return short(median(values)) + between
}

/** Columns as wide as they need; the first to the left, the others to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    console.log(cells.join('  '))
  }
}

export function printGoals(goals: readonly Goal[]): void {
  printTable([
    ['goal', '', 'measured', ''],
    ...goals.map(({ name, goal, value, met }) => [name, goal, short(value), met ? 'met' : 'NOT met']),
  ])
}

export function writeJson(file: string, figures: readonly Figure[], goals: readonly Goal[]): void {
  writeFileSync(file, `${JSON.stringify({ figures, goals }, null, 2)}\n`)
}
