/** One of the journal's files: blocks of rows, each with its length and its checksum, and synced before anybody is told. */

import { constants, writeSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { InsertableRows } from './tables.ts'

/** Rows as one block of Native. */
export interface Block {
  table: keyof InsertableRows
  rows: number
  bytes: Buffer
}

export interface Load {
  rows: number
  bytes: number
}

/** Before each block: the length of what follows and its CRC-32. A length of 0 ends the file, whatever an earlier turn left behind. */
const headBytes = 8
const end = Buffer.alloc(headBytes)

export class JournalFile {
  readonly #handle: FileHandle
  /** Those that it holds, in memory. */
  blocks: Block[]
  #rows = 0
  #at = 0
  /** Whether nothing is on the disk behind them, or might be. */
  isSure = true

  private constructor(handle: FileHandle, blocks: Block[]) {
    this.#handle = handle
    this.blocks = blocks
  }

  static async open(path: string): Promise<JournalFile> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT)
    return new JournalFile(handle, blocksIn(await handle.readFile()))
  }

  get load(): Load {
    return { rows: this.#rows, bytes: this.#at }
  }

  /** Resolves once the block outlives a power cut. */
  async append(block: Block): Promise<void> {
    await this.makeSure()
    const head = headOf(block)
    this.isSure = false
    try {
      this.#write(head, this.#at)
      this.#write(block.bytes, this.#at + head.length)
      this.#write(end, this.#at + head.length + block.bytes.length)
      await this.#handle.datasync()
    } catch (error) {
      await this.makeSure().catch(() => {})
      throw error
    }
    this.isSure = true
    this.blocks.push(block)
    this.#rows += block.rows
    this.#at += head.length + block.bytes.length
  }

  /** A block that failed must not come back: nobody was told that it is safe, and figures may have gone on without it. */
  async makeSure(): Promise<void> {
    if (this.isSure) return
    this.#write(end, this.#at)
    await this.#handle.datasync()
    this.isSure = true
  }

  /** Not synced: blocks that come back are those that were inserted, which changes nothing. */
  clear(): void {
    this.blocks = []
    this.#rows = 0
    this.#at = 0
    try {
      this.#write(end, 0)
    } catch {
      // The disk does not even take eight bytes again that it has.
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  /** At once, because it only copies to the page cache. A disk that gets full takes a part without an error. */
  #write(bytes: Buffer, at: number): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#handle.fd, bytes, done, bytes.length - done, at + done)
  }
}

/** What comes before a block's bytes. */
function headOf({ table, bytes }: Block): Buffer {
  const head = Buffer.from(`${' '.repeat(headBytes)}${table}\n`)
  const name = head.subarray(headBytes)
  head.writeUInt32LE(name.length + bytes.length)
  head.writeUInt32LE(crc32(bytes, crc32(name)), 4)
  return head
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
