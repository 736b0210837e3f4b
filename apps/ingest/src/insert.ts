/** Inserts the rows of a group: again where the store was only away for a moment, and without the rows that it can't take. */

import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { remedyFor } from '@tillsight/shared/store/insert-error.ts'
import type { InsertableRows } from '@tillsight/shared/store/tables.ts'
import { setTimeout as pause } from 'node:timers/promises'

/** Between the attempts. An insert that was done although it failed may be done again: rows are idempotent. */
const pausesMs = [50, 250]

export class Inserter {
  readonly #store: EventStore
  /** Whether the store took a row in this process's life, so that it has the tables that we think. */
  #isProven = false

  constructor(store: EventStore) {
    this.#store = store
  }

  /**
   * Resolves when all rows are committed but those it gives back: each of them, by itself, the store can't take. Rejects where
   * it is not certain that the rest is committed, and where the store never took any: then it is not the row that is wrong.
   */
  async insert<T extends keyof InsertableRows>(
    table: T,
    rows: readonly InsertableRows[T][],
  ): Promise<InsertableRows[T][]> {
    const refused = await this.#insertOrSplit(table, rows)
    const [first] = refused
    if (first !== undefined && !this.#isProven) throw first.error
    return refused.map(({ row }) => row)
  }

  async #insertOrSplit<T extends keyof InsertableRows>(
    table: T,
    rows: readonly InsertableRows[T][],
  ): Promise<{ row: InsertableRows[T]; error: unknown }[]> {
    const [row] = rows
    if (row === undefined) return []
    try {
      await this.#insertPatiently(table, rows)
      this.#isProven = true
      return []
    } catch (error) {
      if (remedyFor(error) !== 'split') throw error
      if (rows.length === 1) return [{ row, error }]
      const half = Math.ceil(rows.length / 2)
      return [
        ...(await this.#insertOrSplit(table, rows.slice(0, half))),
        ...(await this.#insertOrSplit(table, rows.slice(half))),
      ]
    }
  }

  async #insertPatiently<T extends keyof InsertableRows>(table: T, rows: readonly InsertableRows[T][]): Promise<void> {
    for (const pauseMs of pausesMs) {
      try {
        await this.#store.insert(table, rows)
        return
      } catch (error) {
        if (remedyFor(error) !== 'retry') throw error
        await pause(pauseMs)
      }
    }
    await this.#store.insert(table, rows)
  }
}
