/**
 * Where committed rows wait until they are worth an insert: two synced files, which take turns. However few rows an insert has, the
 * embedded engine makes thirteen files of it and merges them soon after: some 20 ms of processor time. A row is as safe here as there,
 * and nothing is read before what waits is inserted. See docs/decisions/011-committed-rows-wait-in-a-journal.md.
 */

import { mkdirSync, statfsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { log } from '../log.ts'
import { JournalFile, type Block, type Load } from './journal-file.ts'
import type { InsertableRows } from './tables.ts'

/** Gives the engine blocks of a table. */
export type Insert = (table: keyof InsertableRows, blocks: readonly Buffer[]) => Promise<void>

/** How rows become safe, and when they can be read. */
export interface Commits {
  /** Resolves once the rows are safe. Rejects where that is not certain. */
  commit(block: Block): Promise<void>
  /** Resolves when whatever was committed before can be read. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** By inserting them, and so at once. */
export const inserted = (insert: Insert): Commits => ({
  commit: ({ table, bytes }) => insert(table, [bytes]),
  settle: () => Promise.resolve(),
  close: () => Promise.resolve(),
})

/** From so many rows on, an insert costs what its rows cost. What waits is held in memory too. */
const worthAnInsert: Load = { rows: 20_000, bytes: 16 * 1024 * 1024 }
/** Then it is inserted, though nobody asks. */
const waitsMs = 1_000
/** With less left on the disk nothing begins to wait: there might be no room for it in the end. */
const roomForWaiting = 64 * 1024 * 1024

export class Journal implements Commits {
  readonly #directory: string
  readonly #insert: Insert
  #filling: JournalFile
  /** Is emptied, or empty. */
  #full: JournalFile
  /** What is done to the files is done one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #emptying: Promise<void> | undefined
  /** Blocks that were ever appended, and how many of them are inserted. */
  #appended = 0
  #inserted = 0
  #isRefused = false
  #isClosed = false
  #timer: NodeJS.Timeout | undefined

  private constructor(directory: string, insert: Insert, filling: JournalFile, full: JournalFile) {
    this.#directory = directory
    this.#insert = insert
    this.#filling = filling
    this.#full = full
  }

  /**
   * Inserts what a process left that was killed.
   * @param directory need not exist, the one that it is in does.
   * @throws where that can't be inserted.
   */
  static async open(directory: string, insert: Insert): Promise<Journal> {
    mkdirSync(directory, { recursive: true })
    const filling = await JournalFile.open(join(directory, 'a'))
    const full = await JournalFile.open(join(directory, 'b')).catch(async (error: unknown) => {
      await filling.close()
      throw error
    })
    const journal = new Journal(directory, insert, filling, full)
    try {
      await syncDirectory(directory)
      await syncDirectory(dirname(directory))
      for (const file of [filling, full]) await journal.#empty(file)
      return journal
    } catch (error) {
      await Promise.all([filling.close(), full.close()])
      throw error
    }
  }

  async commit(block: Block): Promise<void> {
    this.#expectOpen()
    if (isWorthAnInsert(loadOf(block)) || !this.#hasRoom()) return this.#insert(block.table, [block.bytes])
    // Until the engine takes what waits, nothing more is taken either.
    if (this.#isRefused) await this.settle()
    await this.#inTurn(() => this.#append(block))
  }

  async settle(): Promise<void> {
    this.#expectOpen()
    // Neither is what nobody was told to be safe, nor must it be there some day.
    if (!this.#filling.isSure) await this.#inTurn(() => this.#filling.makeSure())
    const appended = this.#appended
    while (this.#inserted < appended) {
      if (this.#emptying === undefined) await this.#inTurn(() => this.#startEmptying())
      await this.#emptying
    }
  }

  /** What can not be inserted is kept for the next start. */
  async close(): Promise<void> {
    await this.#turn
    await this.settle().catch((error: unknown) => log.error({ error }, 'committed rows stay in the journal'))
    this.#isClosed = true
    await this.#turn
    clearTimeout(this.#timer)
    await Promise.all([this.#filling.close(), this.#full.close()])
  }

  async #append(block: Block): Promise<void> {
    while (isWorthAnInsert(this.#filling.load, loadOf(block))) {
      await this.#emptying
      await this.#startEmptying()
    }
    await this.#filling.append(block)
    this.#appended += 1
    this.#insertSoon()
  }

  #insertSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (!this.#isClosed) void this.settle().catch(() => this.#insertSoon())
    }, waitsMs).unref()
  }

  /** Only in turn: an append must not find its file emptied. */
  async #startEmptying(): Promise<void> {
    await this.#filling.makeSure()
    if (this.#emptying !== undefined) return
    // What was refused the last time comes first.
    if (this.#full.blocks.length === 0) [this.#filling, this.#full] = [this.#full, this.#filling]
    const file = this.#full
    const blocks = file.blocks.length
    this.#emptying = this.#empty(file).then(
      () => {
        if (this.#isRefused) log.info({ blocks }, 'committed rows are inserted again')
        this.#inserted += blocks
        this.#isRefused = false
        this.#emptying = undefined
      },
      (cause: unknown) => {
        if (!this.#isRefused)
          log.error({ error: cause }, 'committed rows can not be inserted: until then nothing is read or taken')
        this.#isRefused = true
        this.#emptying = undefined
        // What the engine says is of other rows than those that are to be committed.
        throw new Error('committed rows can not be inserted yet', { cause })
      },
    )
    // Whoever waits for it hears of it.
    this.#emptying.catch(() => {})
  }

  async #empty(file: JournalFile): Promise<void> {
    for (const [table, blocks] of Map.groupBy(file.blocks, ({ table }) => table))
      await this.#insert(
        table,
        blocks.map(({ bytes }) => bytes),
      )
    file.clear()
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  #hasRoom(): boolean {
    const { bavail, bsize } = statfsSync(this.#directory)
    return bavail * bsize >= roomForWaiting
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new Error('the store is closed')
  }
}

const loadOf = ({ rows, bytes }: Block): Load => ({ rows, bytes: bytes.length })

const isWorthAnInsert = (load: Load, more: Load = { rows: 0, bytes: 0 }): boolean =>
  load.rows + more.rows >= worthAnInsert.rows || load.bytes + more.bytes >= worthAnInsert.bytes

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
