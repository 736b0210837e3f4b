/**
 * Where committed rows wait until they are worth an insert: two synced files, which take turns. However few rows an insert has, the
 * embedded engine makes thirteen files of it and merges them soon after: some 20 ms of processor time. A row is as safe here as there,
 * and nothing is read before what waits is inserted. See docs/decisions/011-committed-rows-wait-in-a-journal.md.
 */

import { mkdirSync, statfsSync, writeSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { log } from '../log.ts'
import type { InsertableRows } from './tables.ts'

/** Rows as one block of Native. */
export interface Block {
  table: keyof InsertableRows
  rows: number
  bytes: Buffer
}

/** The blocks are of one table. */
type Insert = (table: keyof InsertableRows, blocks: Buffer) => Promise<void>

/** How rows become safe, and when they can be read. */
export interface Commits {
  /** Resolves once the rows are safe. Rejects where that is not certain. */
  commit(block: Block): Promise<void>
  /** Resolves when whatever was committed before can be read. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** By inserting them: a server has a journal of its own. */
export const inserted = (insert: Insert): Commits => ({
  commit: ({ table, bytes }) => insert(table, bytes),
  settle: () => Promise.resolve(),
  close: () => Promise.resolve(),
})

/** From so many rows on, an insert costs what its rows cost. */
const worthAnInsert = 20_000
/** What waits is held in memory too. */
const mostBytes = 16 * 1024 * 1024
/** Then it is inserted, though nobody asks. */
const waitsMs = 1_000
/** With less left on the disk nothing waits: there might be no room for it in the end. */
const roomForWaiting = 64 * 1024 * 1024

export class Journal implements Commits {
  readonly #directory: string
  readonly #insert: Insert
  #filling: JournalFile
  /** Is emptied, or empty. */
  #full: JournalFile
  /** One append after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #emptying: Promise<void> | undefined
  /** Blocks that were ever appended, and how many of them are inserted. */
  #appended = 0
  #inserted = 0
  #isRefused = false
  #timer: NodeJS.Timeout | undefined

  private constructor(directory: string, insert: Insert, filling: JournalFile, full: JournalFile) {
    this.#directory = directory
    this.#insert = insert
    this.#filling = filling
    this.#full = full
  }

  /**
   * Inserts what a process left that was killed.
   * @param directory need not exist.
   * @param insert one at a time is asked for.
   */
  static async open(directory: string, insert: Insert): Promise<Journal> {
    mkdirSync(directory, { recursive: true })
    const filling = await JournalFile.open(join(directory, 'a'))
    const full = await JournalFile.open(join(directory, 'b'))
    const journal = new Journal(directory, insert, filling, full)
    try {
      await syncDirectory(directory)
      for (const file of [filling, full]) await journal.#empty(file)
      return journal
    } catch (error) {
      await Promise.all([filling.close(), full.close()])
      throw error
    }
  }

  async commit(block: Block): Promise<void> {
    if (isWorthIt(block) || !this.#hasRoom()) return this.#insert(block.table, block.bytes)
    // Until the engine takes what waits, nothing more is taken either.
    if (this.#isRefused) await this.settle()
    await this.#inTurn(() => this.#append(block))
  }

  async settle(): Promise<void> {
    const appended = this.#appended
    while (this.#inserted < appended) {
      if (this.#emptying === undefined) await this.#inTurn(() => this.#startEmptying())
      await this.#emptying
    }
  }

  /** What can not be inserted is kept for the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#turn
    await this.settle().catch((error: unknown) => log.error({ error }, 'committed rows stay in the journal'))
    await Promise.all([this.#filling.close(), this.#full.close()])
  }

  async #append(block: Block): Promise<void> {
    while (isWorthIt(this.#filling, block)) {
      await this.#emptying
      this.#startEmptying()
    }
    await this.#filling.append(block)
    this.#appended += 1
    this.#timer ??= setTimeout(() => void this.settle().catch(() => {}), waitsMs).unref()
  }

  /** Only in turn: an append must not find its file emptied. */
  #startEmptying(): void {
    if (this.#emptying !== undefined) return
    // What was refused the last time comes first.
    if (this.#full.blocks.length === 0) [this.#filling, this.#full] = [this.#full, this.#filling]
    const file = this.#full
    const blocks = file.blocks.length
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#emptying = this.#empty(file).then(
      () => {
        this.#inserted += blocks
        this.#isRefused = false
        this.#emptying = undefined
      },
      (error: unknown) => {
        if (!this.#isRefused)
          log.error({ error }, 'committed rows can not be inserted: until then nothing is read or taken')
        this.#isRefused = true
        this.#emptying = undefined
        throw error
      },
    )
    // Whoever waits for it hears of it.
    this.#emptying.catch(() => {})
  }

  async #empty(file: JournalFile): Promise<void> {
    for (const [table, blocks] of Map.groupBy(file.blocks, ({ table }) => table))
      await this.#insert(table, Buffer.concat(blocks.map(({ bytes }) => bytes)))
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
}

const isWorthIt = (...loads: readonly { rows: number; bytes: Buffer | number }[]): boolean =>
  loads.reduce((sum, { rows }) => sum + rows, 0) >= worthAnInsert ||
  loads.reduce((sum, { bytes }) => sum + (typeof bytes === 'number' ? bytes : bytes.length), 0) >= mostBytes

/** Before each block: the length of what follows and its CRC-32. A length of 0 ends the file, whatever an earlier turn left behind. */
const headBytes = 8
const end = Buffer.alloc(headBytes)

class JournalFile {
  readonly #handle: FileHandle
  /** Those that it holds, in memory. */
  blocks: Block[]
  rows = 0
  #at = 0

  private constructor(handle: FileHandle, blocks: Block[]) {
    this.#handle = handle
    this.blocks = blocks
  }

  static async open(path: string): Promise<JournalFile> {
    const handle = await open(path, 'r+').catch(() => open(path, 'w+'))
    return new JournalFile(handle, blocksIn(await handle.readFile()))
  }

  get bytes(): number {
    return this.#at
  }

  /** Resolves once the block outlives a power cut. */
  async append(block: Block): Promise<void> {
    const framed = frameOf(block)
    try {
      this.#write(Buffer.concat([framed, end]), this.#at)
      await this.#handle.datasync()
    } catch (error) {
      // Nobody is told that it is safe, so it must not come back either.
      this.#endAt(this.#at)
      throw error
    }
    this.blocks.push(block)
    this.rows += block.rows
    this.#at += framed.length
  }

  /** Not synced: blocks that come back are those that were inserted, which changes nothing. */
  clear(): void {
    this.blocks = []
    this.rows = 0
    this.#at = 0
    this.#endAt(0)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  /** At once, because it only copies to the page cache. A disk that gets full takes a part without an error. */
  #write(bytes: Buffer, at: number): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#handle.fd, bytes, done, bytes.length - done, at + done)
  }

  /** As far as that can be: rows that come back were inserted, or are sent again. */
  #endAt(at: number): void {
    try {
      this.#write(end, at)
    } catch {
      // The disk does not even take eight bytes again that it has.
    }
  }
}

function frameOf({ table, bytes }: Block): Buffer {
  const name = Buffer.from(`${table}\n`)
  const head = Buffer.alloc(headBytes)
  head.writeUInt32LE(name.length + bytes.length)
  head.writeUInt32LE(crc32(bytes, crc32(name)), 4)
  return Buffer.concat([head, name, bytes])
}

/** Whole ones, up to the first that is not: it was never told to be safe. */
function blocksIn(file: Buffer): Block[] {
  const blocks: Block[] = []
  for (let at = 0; at + headBytes <= file.length;) {
    const length = file.readUInt32LE(at)
    const framed = file.subarray(at + headBytes, at + headBytes + length)
    if (length === 0 || framed.length < length || crc32(framed) !== file.readUInt32LE(at + 4)) break
    const nameEnds = framed.indexOf('\n')
    // How many rows it has only tells when it is worth an insert.
    blocks.push({
      table: framed.toString('latin1', 0, nameEnds) as keyof InsertableRows,
      rows: 0,
      bytes: framed.subarray(nameEnds + 1),
    })
    at += headBytes + length
  }
  return blocks
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
