/**
 * `POST /registry/import`: the registry's records in bulk. Every row that can be taken is taken; the others are listed with
 * their number (data rows from 1) and what is wrong. Sending the same rows again changes nothing.
 */

import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { readBody } from '@tillsight/shared/http/read-body.ts'
import { putMerchant } from '@tillsight/shared/registry/merchants.ts'
import { putProvider } from '@tillsight/shared/registry/providers.ts'
import { demandMerchant, demandProvider, demandTerminal, InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { merchantScope } from '@tillsight/shared/registry/scope.ts'
import { putTerminal } from '@tillsight/shared/registry/terminals.ts'
import { parse } from 'csv-parse/sync'
import type { ApiContext, Routes } from './route.ts'

const largestImport = 64 * 1024 * 1024

type Row = Record<string, unknown>

interface Refused {
  row: number
  pointer: string
  detail: string
}

export const importRoutes: Routes = {
  '/registry/import': {
    async POST(c) {
      const { role } = c.var.principal
      if (role !== 'operator' && role !== 'provider') throw notFound()
      const rows = await rowsOf(c)
      const counts = { provider: 0, merchant: 0, terminal: 0 }
      const refused: Refused[] = []
      for (const [i, row] of rows.entries()) {
        try {
          counts[await take(c, row)] += 1
        } catch (error) {
          if (!(error instanceof InvalidRecord)) throw error
          refused.push({ row: i + 1, pointer: error.pointer, detail: error.message })
        }
      }
      return c.json({
        accepted: rows.length - refused.length,
        providers: counts.provider,
        merchants: counts.merchant,
        terminals: counts.terminal,
        refused,
      })
    },
  },
}

async function take(c: ApiContext, row: Row | string): Promise<'provider' | 'merchant' | 'terminal'> {
  if (typeof row === 'string') throw new InvalidRecord('', row)
  const { principal, stores } = c.var
  const id = (name: string): string => (typeof row[name] === 'string' ? row[name] : '')
  const outOfScope = (pointer: string) => new InvalidRecord(pointer, 'this is not one that your key may change')

  switch (row['kind']) {
    case 'provider':
      if (principal.role !== 'operator') throw outOfScope('/providerId')
      demandProvider(id('providerId'), row)
      await putProvider(stores.registry, id('providerId'), row)
      return 'provider'
    case 'merchant': {
      demandMerchant(id('merchantNo'), row)
      const result = await putMerchant(stores.registry, principal, id('merchantNo'), row)
      if (result === 'outOfScope') throw outOfScope('/merchantNo')
      if (result === 'hasEvents') {
        throw new InvalidRecord(
          '/merchantNo',
          'the merchant has events: its timeZone and providerId can no longer change',
        )
      }
      return 'merchant'
    }
    case 'terminal': {
      demandTerminal(id('merchantNo'), id('terminalNo'), row)
      const merchant = await merchantScope(stores.registry, principal, id('merchantNo'), 'write')
      if (merchant === undefined) throw outOfScope('/merchantNo')
      await putTerminal(stores.registry, merchant, id('terminalNo'), row)
      return 'terminal'
    }
    default:
      throw new InvalidRecord('/kind', 'kind must be provider, merchant or terminal')
  }
}

/** The rows of the body; a text where a row can't be read, saying why. */
async function rowsOf(c: ApiContext): Promise<(Row | string)[]> {
  const mediaType = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/x-ndjson' && mediaType !== 'text/csv') {
    throw new Problem(415, 'Content-Type must be application/x-ndjson or text/csv.')
  }
  const text = textOf(await readBody(c, largestImport))
  return mediaType === 'text/csv'
    ? csvRows(text)
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(jsonRow)
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Problem(400, 'The body is not UTF-8.')
  }
}

function jsonRow(line: string): Row | string {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row
  } catch {
    // Said below, with the other rows that are no records.
  }
  return 'the row is not a JSON object'
}

/** An empty cell is a field that is not told. */
function csvRows(text: string): (Row | string)[] {
  let lines: string[][]
  try {
    lines = parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true })
  } catch {
    throw new Problem(400, 'The body is not CSV with a line of column names.')
  }
  const [columns = [], ...rows] = lines
  return rows.map((cells) => {
    if (cells.slice(columns.length).some((cell) => cell !== '')) return 'the row has more cells than there are columns'
    const named = columns.map((column, i): [string, string] => [column, cells[i] ?? ''])
    const told: Row = Object.fromEntries<string>(named.filter(([, cell]) => cell !== ''))
    if (told['sharedTokens'] === 'true' || told['sharedTokens'] === 'false')
      told['sharedTokens'] = told['sharedTokens'] === 'true'
    return told
  })
}
