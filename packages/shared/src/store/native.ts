/**
 * Rows as one block of ClickHouse's Native format: column by column, as the engine keeps them itself. It is the cheapest form
 * to feed the engine with (see docs/decisions/005-fast-ingest.md).
 *
 * https://clickhouse.com/docs/interfaces/specs/native
 */

/** How a column is sent, by the name of its ClickHouse type. The engine casts it to the table's own, such as LowCardinality. */
export type NativeType = 'String' | 'Bool' | 'UInt8' | 'UInt16' | 'UInt64' | 'Int64' | 'Date' | EnumType

/** Names to numbers, as in the table. */
export interface EnumType {
  readonly enum: Readonly<Record<string, number>>
}

/** A Date is in days since 1970, an Int64 may be a text of digits, and a UInt64 is a safe integer. */
type NativeValue = string | number | boolean

export const typeName = (type: NativeType): string =>
  typeof type === 'string'
    ? type
    : `Enum8(${Object.entries(type.enum)
        .map(([name, value]) => `'${name}' = ${value}`)
        .join(', ')})`

interface Column {
  readonly name: string
  readonly type: NativeType
  readonly write: Write
}

/** A table's, made ready once: a request of one event has as many columns as one of a thousand. */
export type Columns = readonly Column[]

export const columnsOf = (types: Readonly<Record<string, NativeType>>): Columns =>
  Object.entries(types).map(([name, type]) => ({ name, type, write: writerOf(type) }))

/** Rows as they wait for their block: nothing of them is left but their bytes, column after column. */
export interface NativeRows {
  readonly count: number
  readonly bytes: Buffer
  /** Where in the bytes each column ends. */
  readonly ends: readonly number[]
}

const noBytes = Buffer.alloc(0)

/** @throws TypeError where a value is not in its enum. */
export function nativeRows(columns: Columns, rows: readonly object[]): NativeRows {
  if (rows.length === 0) return { count: 0, bytes: noBytes, ends: columns.map(() => 0) }
  const block = new Block(rows.length * usualRow)
  const ends: number[] = []
  for (const { name, write } of columns) {
    for (const row of rows) write(block, (row as Record<string, NativeValue>)[name] as NativeValue)
    ends.push(block.length)
  }
  return { count: rows.length, bytes: block.bytes(), ends }
}

/** Some of the rows, from one and up to another. */
export function sliceRows(columns: Columns, { bytes, ends }: NativeRows, from: number, to: number): NativeRows {
  const slices = columns.map(({ type }, i) => {
    const start = skipped(type, bytes, ends[i - 1] ?? 0, from)
    return bytes.subarray(start, skipped(type, bytes, start, to - from))
  })
  let end = 0
  return { count: to - from, bytes: Buffer.concat(slices), ends: slices.map(({ length }) => (end += length)) }
}

/** All rows of the parts, in order. */
export function nativeBlock(columns: Columns, parts: readonly NativeRows[]): Buffer {
  const block = new Block(parts.reduce((sum, { bytes }) => sum + bytes.length, columns.length * usualRow))
  block.count(columns.length)
  block.count(parts.reduce((sum, { count }) => sum + count, 0))
  for (const [i, { name, type }] of columns.entries()) {
    block.text(name)
    block.text(typeName(type))
    for (const { bytes, ends } of parts) block.copy(bytes, ends[i - 1] ?? 0, ends[i] ?? 0)
  }
  return block.bytes()
}

/** Bytes of a row: room that is made at first. */
const usualRow = 512

/** How many bytes a value takes; a text's are written before it. */
const widths: Record<Exclude<NativeType, EnumType | 'String'>, number> = {
  Bool: 1,
  UInt8: 1,
  UInt16: 2,
  Date: 2,
  UInt64: 8,
  Int64: 8,
}

/** Where the value begins that comes so many rows after the one at `at`. */
function skipped(type: NativeType, bytes: Buffer, at: number, rows: number): number {
  if (type !== 'String') return at + rows * (typeof type === 'object' ? 1 : widths[type])
  let next = at
  for (let row = 0; row < rows; row++) {
    let length = 0
    let shift = 0
    let byte: number
    do {
      byte = bytes[next++] ?? 0
      length |= (byte & 127) << shift
      shift += 7
    } while (byte > 127)
    next += length
  }
  return next
}

type Write = (block: Block, value: NativeValue) => void

function writerOf(type: NativeType): Write {
  if (typeof type === 'object') {
    const numbers = new Map<NativeValue, number>(Object.entries(type.enum))
    return (block, value) => {
      const number = numbers.get(value)
      if (number === undefined) throw new TypeError('a value is not in its enum')
      block.byte(number)
    }
  }
  return writers[type]
}

const writers: Record<Exclude<NativeType, EnumType>, Write> = {
  String: (block, value) => block.text(value as string),
  Bool: (block, value) => block.byte(value === true ? 1 : 0),
  UInt8: (block, value) => block.byte(value as number),
  UInt16: (block, value) => block.short(value as number),
  Date: (block, value) => block.short(value as number),
  UInt64: (block, value) => block.long(value as number),
  Int64: (block, value) => {
    // Digits that a number can't hold exactly.
    if (typeof value === 'string' && value.length > 15) block.bigLong(BigInt(value))
    else block.long(Number(value))
  },
}

/** Up to this length a text is copied faster here than by a call into the runtime. */
const shortText = 48

/** Bytes that grow as they are written. */
class Block {
  #bytes: Buffer
  #at = 0

  /** @param room that will be needed, as far as one knows. */
  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafe(room)
  }

  get length(): number {
    return this.#at
  }

  copy(bytes: Buffer, from: number, to: number): void {
    this.#room(to - from)
    this.#at += bytes.copy(this.#bytes, this.#at, from, to)
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** A length: seven bits a byte, the lowest first. */
  count(value: number): void {
    this.#room(5)
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#at++] = rest
  }

  text(value: string): void {
    if (value.length <= shortText && this.#ascii(value)) return
    const length = Buffer.byteLength(value)
    this.count(length)
    this.#room(length)
    this.#at += this.#bytes.write(value, this.#at, length === value.length ? 'latin1' : 'utf8')
  }

  /** Writes a short text, unless it has a character outside ASCII. */
  #ascii(value: string): boolean {
    const { length } = value
    this.#room(length + 1)
    const bytes = this.#bytes
    const start = this.#at + 1
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return false
      bytes[start + i] = code
    }
    bytes[this.#at] = length
    this.#at = start + length
    return true
  }

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = value
  }

  short(value: number): void {
    this.#room(2)
    this.#bytes[this.#at++] = value & 255
    this.#bytes[this.#at++] = value >> 8
  }

  /** A safe integer, negative ones in two's complement. */
  long(value: number): void {
    this.#room(8)
    const high = Math.floor(value / 0x1_0000_0000)
    this.#at = this.#bytes.writeUInt32LE(value - high * 0x1_0000_0000, this.#at)
    this.#at = this.#bytes.writeInt32LE(high, this.#at)
  }

  bigLong(value: bigint): void {
    this.#room(8)
    this.#at = this.#bytes.writeBigInt64LE(value, this.#at)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
  }
}
