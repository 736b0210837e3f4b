/** What a text of CSV or NDJSON holds, row by row, and how rows are taken into the registry. */

import type { Registry } from '@tillsight/shared/registry/connect.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { putMerchant } from '@tillsight/shared/registry/merchants.ts'
import { putProvider } from '@tillsight/shared/registry/providers.ts'
import {
  demandMerchant,
  demandProvider,
  demandTerminal,
  InvalidRecord,
  type TerminalRecord,
} from '@tillsight/shared/registry/records.ts'
import { merchantScopes } from '@tillsight/shared/registry/scope.ts'
import { putTerminals, type NamedTerminal } from '@tillsight/shared/registry/terminals.ts'
import { CsvError, parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { mostRows } from './most-rows.ts'

export type Row = Record<string, unknown>
/** A row, or why it can't be read. */
export type ReadRow = Row | InvalidRecord

/** The text as a whole holds no rows. */
export class UnreadableTable extends Error {
  /** As a spreadsheet counts: where it can't be read on, for a quote that stands wrong. */
  readonly row: number | undefined

  constructor(message?: string, row?: number) {
    super(message)
    this.row = row
  }
}

export class TooManyRows extends Error {}

export const idIn = (row: Row, name: string): string => (typeof row[name] === 'string' ? row[name] : '')

export const outOfScope = (pointer: string): InvalidRecord =>
  new InvalidRecord(pointer, 'this is not one that your key may change', 'outOfScope')
export const hasEvents = (): InvalidRecord =>
  new InvalidRecord(
    '/merchantNo',
    'the merchant has events: its timeZone and providerId can no longer change',
    'hasEvents',
  )
export const unknownKind = (): InvalidRecord =>
  new InvalidRecord('/kind', 'kind must be provider, merchant or terminal', 'kind')

/** What kind of record a row was, or why it was not taken. */
type Taken = 'provider' | 'merchant' | 'terminal' | InvalidRecord

/**
 * Takes the row at `from`, or as many terminals from there on as can be written at once, and tells of each. A transaction for each
 * terminal of 100,000 took minutes.
 */
export async function takeNext(
  registry: Registry,
  principal: Principal,
  rows: readonly ReadRow[],
  from: number,
): Promise<Taken[]> {
  const terminals = terminalsFrom(rows, from)
  return terminals.length > 0
    ? takeTerminals(registry, principal, terminals)
    : [await takeRow(registry, principal, rows[from] ?? {})]
}

/** A few milliseconds' work. */
const rowsAtOnce = 1_000
const pieceBytes = 64 * 1024

const terminalsAtOnce = 500

/** Up to the first row that is none, or that names one of them again. */
function terminalsFrom(rows: readonly ReadRow[], from: number): Row[] {
  const found = new Map<string, Row>()
  while (found.size < terminalsAtOnce) {
    const row = rows[from + found.size]
    if (row === undefined || row instanceof InvalidRecord || row['kind'] !== 'terminal') break
    const name = JSON.stringify([idIn(row, 'merchantNo'), idIn(row, 'terminalNo')])
    if (found.has(name)) break
    found.set(name, row)
  }
  return [...found.values()]
}

async function takeTerminals(registry: Registry, principal: Principal, rows: readonly Row[]): Promise<Taken[]> {
  const read = rows.map(terminalIn)
  const named = read.flatMap((one) => (one instanceof InvalidRecord ? [] : [one.merchantNo]))
  const merchants = await merchantScopes(registry, principal, [...new Set(named)], 'write')
  const granted: NamedTerminal[] = []
  const taken = read.map((one): Taken => {
    if (one instanceof InvalidRecord) return one
    const merchant = merchants.get(one.merchantNo)
    if (merchant === undefined) return outOfScope('/merchantNo')
    granted.push({ merchant, terminalNo: one.terminalNo, record: one.record })
    return 'terminal'
  })
  if (granted.length > 0) await putTerminals(registry, granted)
  return taken
}

function terminalIn(row: Row): { merchantNo: string; terminalNo: string; record: TerminalRecord } | InvalidRecord {
  const [merchantNo, terminalNo] = [idIn(row, 'merchantNo'), idIn(row, 'terminalNo')]
  try {
    demandTerminal(merchantNo, terminalNo, row)
    return { merchantNo, terminalNo, record: row }
  } catch (error) {
    if (error instanceof InvalidRecord) return error
    throw error
  }
}

async function takeRow(registry: Registry, principal: Principal, row: ReadRow): Promise<Taken> {
  if (row instanceof InvalidRecord) return row
  try {
    switch (row['kind']) {
      case 'provider':
        return await takeProvider(registry, principal, row)
      case 'merchant':
        return await takeMerchant(registry, principal, row)
      default:
        return unknownKind()
    }
  } catch (error) {
    if (error instanceof InvalidRecord) return error
    throw error
  }
}

async function takeProvider(registry: Registry, principal: Principal, row: Row): Promise<Taken> {
  const providerId = idIn(row, 'providerId')
  if (principal.role !== 'operator') return outOfScope('/providerId')
  demandProvider(providerId, row)
  await putProvider(registry, providerId, row)
  return 'provider'
}

async function takeMerchant(registry: Registry, principal: Principal, row: Row): Promise<Taken> {
  const merchantNo = idIn(row, 'merchantNo')
  demandMerchant(merchantNo, row)
  const result = await putMerchant(registry, principal, merchantNo, row)
  if (result === 'outOfScope') return outOfScope('/merchantNo')
  return result === 'hasEvents' ? hasEvents() : 'merchant'
}

/** Of NDJSON, the lines that are not empty. */
export async function jsonRows(text: string): Promise<ReadRow[]> {
  const rows: ReadRow[] = []
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end === -1 ? undefined : end)
    from += line.length + 1
    if (line.trim() === '') continue
    if (rows.length === mostRows) throw new TooManyRows()
    rows.push(jsonRow(line))
    // Of a long text, so that the process answers others in between.
    if (rows.length % rowsAtOnce === 0) await setImmediate()
  }
  return rows
}

function jsonRow(line: string): ReadRow {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row
  } catch {
    // Said below, with the other rows that are no records.
  }
  return new InvalidRecord('', 'the row is not a JSON object', 'unreadable')
}

/** A row of CSV. */
export interface CsvRow {
  /** As a spreadsheet counts, from 1 with the line of column names on: empty lines count, line breaks within a cell do not. */
  row: number
  /** By column; an empty cell is a field that is not told. */
  cells: Record<string, string>
  record: ReadRow
}

export interface CsvTable {
  /** Their names, as they stand in the first row. */
  columns: string[]
  rows: CsvRow[]
}

export async function csvTable(text: string): Promise<CsvTable> {
  let columns: string[] | undefined
  const rows: CsvRow[] = []
  let row = 0
  const lines = parse({ bom: true, trim: true, relax_column_count: true, to: mostRows + 2 })
  try {
    for await (const cells of Readable.from(piecesOf(text)).pipe(lines) as AsyncIterable<string[]>) {
      row += 1
      if (row > mostRows + 1) throw new TooManyRows()
      if (cells.length === 1 && cells[0] === '') continue
      if (columns === undefined) columns = cells
      else rows.push(csvRow(row, columns, cells))
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const before: unknown = error['records']
    throw new UnreadableTable(
      'The body is not CSV with a line of column names.',
      typeof before === 'number' ? before + 1 : undefined,
    )
  }
  return { columns: columns ?? [], rows }
}

/** So that the process answers others in between. */
async function* piecesOf(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    yield bytes.subarray(from, from + pieceBytes)
    await setImmediate()
  }
}

function csvRow(row: number, columns: readonly string[], cells: readonly string[]): CsvRow {
  // By the row's own cells: a million columns would be gone through for each row that has one.
  const named = cells.slice(0, columns.length).map((cell, i): [string, string] => [columns[i] ?? '', cell])
  const told = Object.fromEntries<string>(named.filter(([, cell]) => cell !== ''))
  const isTooLong = cells.slice(columns.length).some((cell) => cell !== '')
  return { row, cells: told, record: isTooLong ? tooManyCells() : recordOf(told) }
}

const tooManyCells = (): InvalidRecord =>
  new InvalidRecord('', 'the row has more cells than there are columns', 'cells')

/** All that is no text in a record. */
function recordOf(cells: Record<string, string>): Row {
  const { sharedTokens } = cells
  return sharedTokens === 'true' || sharedTokens === 'false'
    ? { ...cells, sharedTokens: sharedTokens === 'true' }
    : cells
}
