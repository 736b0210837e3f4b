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

export function nativeBlock(
  columns: readonly (readonly [name: string, type: NativeType])[],
  rows: readonly object[],
): Buffer {
  const block = new Block()
  block.count(columns.length)
  block.count(rows.length)
  for (const [name, type] of columns) {
    block.text(name)
    block.text(typeName(type))
    const write = writerOf(type)
    for (const row of rows) write(block, (row as Record<string, NativeValue>)[name] as NativeValue)
  }
  return block.bytes()
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
  #bytes = Buffer.allocUnsafe(64 * 1024)
  #at = 0

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
