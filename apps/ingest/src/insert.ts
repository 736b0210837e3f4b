/** Inserts the rows of a group: again where the store was only away for a moment, and without the rows that it can't take. */

import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { remedyFor } from '@tillsight/shared/store/insert-error.ts'
import { sliceRows, type NativeRows } from '@tillsight/shared/store/native.ts'
import { nativeColumns, type InsertableRows } from '@tillsight/shared/store/tables.ts'
import { setTimeout as pause } from 'node:timers/promises'

/** Between the attempts. An insert that was done although it failed may be done again: rows are idempotent. */
const pausesMs = [50, 250]

/** Some rows of one part, from one and up to another. */
interface Run {
  part: NativeRows
  from: number
  to: number
}

/** A row that the store can't take, by its place in its part. */
export interface RefusedRow {
  part: NativeRows
  row: number
}

export class Inserter {
  readonly #store: Pick<EventStore, 'insertParts'>
  /** Whether the store took a row in this process's life, so that it has the tables that we think. */
  #isProven = false

  constructor(store: Pick<EventStore, 'insertParts'>) {
    this.#store = store
  }

  /**
   * Resolves when all rows are committed but those it gives back: each of them, by itself, the store can't take. Rejects where
   * it is not certain that the rest is committed, and where the store never took any: then it is not the row that is wrong.
   */
  async insert(table: keyof InsertableRows, parts: readonly NativeRows[]): Promise<RefusedRow[]> {
    const runs = parts.filter(({ count }) => count > 0).map((part): Run => ({ part, from: 0, to: part.count }))
    const refused = await this.#insertOrSplit(table, runs)
    const [first] = refused
    if (first !== undefined && !this.#isProven) throw first.error
    return refused
  }

  async #insertOrSplit(
    table: keyof InsertableRows,
    runs: readonly Run[],
  ): Promise<(RefusedRow & { error: unknown })[]> {
    const [run] = runs
    if (run === undefined) return []
    try {
      await this.#insertPatiently(table, rowsOf(table, runs))
      this.#isProven = true
      return []
    } catch (error) {
      if (remedyFor(error) !== 'split') throw error
      const [first, second] = halvesOf(runs)
      if (second.length === 0) return [{ part: run.part, row: run.from, error }]
      return [...(await this.#insertOrSplit(table, first)), ...(await this.#insertOrSplit(table, second))]
    }
  }

  async #insertPatiently(table: keyof InsertableRows, parts: readonly NativeRows[]): Promise<void> {
    for (const pauseMs of pausesMs) {
      try {
        await this.#store.insertParts(table, parts)
        return
      } catch (error) {
        if (remedyFor(error) !== 'retry') throw error
        await pause(pauseMs)
      }
    }
    await this.#store.insertParts(table, parts)
  }
}

const rowsOf = (table: keyof InsertableRows, runs: readonly Run[]): NativeRows[] =>
  runs.map(({ part, from, to }) => (to - from === part.count ? part : sliceRows(nativeColumns[table], part, from, to)))

/** Between two requests where there are more than one; the second half is empty where there is one row. */
function halvesOf(runs: readonly Run[]): [Run[], Run[]] {
  const [run] = runs
  if (runs.length > 1 || run === undefined) {
    const half = Math.ceil(runs.length / 2)
    return [runs.slice(0, half), runs.slice(half)]
  }
  const middle = run.from + Math.ceil((run.to - run.from) / 2)
  return middle === run.to ? [[run], []] : [[{ ...run, to: middle }], [{ ...run, from: middle }]]
}
