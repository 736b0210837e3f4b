/** What a text of CSV or NDJSON holds, row by row, and how a row is taken into the registry. */

import type { Registry } from '@tillsight/shared/registry/connect.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { putMerchant } from '@tillsight/shared/registry/merchants.ts'
import { putProvider } from '@tillsight/shared/registry/providers.ts'
import { demandMerchant, demandProvider, demandTerminal, InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { merchantScope } from '@tillsight/shared/registry/scope.ts'
import { putTerminal } from '@tillsight/shared/registry/terminals.ts'
import { parse } from 'csv-parse/sync'

export type Row = Record<string, unknown>
/** A row, or why it can't be read. */
export type ReadRow = Row | InvalidRecord

/** The text as a whole holds no rows. */
export class UnreadableTable extends Error {}

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

export async function takeRow(
  registry: Registry,
  principal: Principal,
  row: ReadRow,
): Promise<'provider' | 'merchant' | 'terminal'> {
  if (row instanceof InvalidRecord) throw row
  switch (row['kind']) {
    case 'provider': {
      const providerId = idIn(row, 'providerId')
      if (principal.role !== 'operator') throw outOfScope('/providerId')
      demandProvider(providerId, row)
      await putProvider(registry, providerId, row)
      return 'provider'
    }
    case 'merchant': {
      const merchantNo = idIn(row, 'merchantNo')
      demandMerchant(merchantNo, row)
      const result = await putMerchant(registry, principal, merchantNo, row)
      if (result === 'outOfScope') throw outOfScope('/merchantNo')
      if (result === 'hasEvents') throw hasEvents()
      return 'merchant'
    }
    case 'terminal': {
      const [merchantNo, terminalNo] = [idIn(row, 'merchantNo'), idIn(row, 'terminalNo')]
      demandTerminal(merchantNo, terminalNo, row)
      const merchant = await merchantScope(registry, principal, merchantNo, 'write')
      if (merchant === undefined) throw outOfScope('/merchantNo')
      await putTerminal(registry, merchant, terminalNo, row)
      return 'terminal'
    }
    default:
      throw unknownKind()
  }
}

export function jsonRow(line: string): ReadRow {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row
  } catch {
    // Said below, with the other rows that are no records.
  }
  return new InvalidRecord('', 'the row is not a JSON object', 'unreadable')
}

/** An empty cell is a field that is not told. */
export function csvRows(text: string): ReadRow[] {
  let lines: string[][]
  try {
    lines = parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true })
  } catch {
    throw new UnreadableTable('The body is not CSV with a line of column names.')
  }
  const [columns = [], ...rows] = lines
  return rows.map((cells) => {
    if (cells.slice(columns.length).some((cell) => cell !== ''))
      return new InvalidRecord('', 'the row has more cells than there are columns', 'cells')
    const named = columns.map((column, i): [string, string] => [column, cells[i] ?? ''])
    const told: Row = Object.fromEntries<string>(named.filter(([, cell]) => cell !== ''))
    if (told['sharedTokens'] === 'true' || told['sharedTokens'] === 'false')
      told['sharedTokens'] = told['sharedTokens'] === 'true'
    return told
  })
}
