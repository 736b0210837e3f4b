/**
 * `POST /registry/import`: the registry's records in bulk. Every row that can be taken is taken; the others are listed with
 * their number (data rows from 1) and what is wrong. Sending the same rows again changes nothing.
 */

import { setImmediate as others } from 'node:timers/promises'
import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { readBody } from '@tillsight/shared/http/read-body.ts'
import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { csvTable, jsonRows, takeNext, TooManyRows, UnreadableTable, type ReadRow } from './import-rows.ts'
import { mostRows } from './most-rows.ts'
import type { ApiContext, Routes } from './route.ts'

const largestImport = 64 * 1024 * 1024

interface Refused {
  row: number
  pointer: string
  detail: string
}

export const importRoutes: Routes = {
  '/registry/import': {
    async POST(c) {
      const { principal, stores } = c.var
      const { registry } = stores
      const { role } = principal
      if (role !== 'operator' && role !== 'provider') throw notFound()
      const rows = await rowsOf(c)
      const counts = { provider: 0, merchant: 0, terminal: 0 }
      const refused: Refused[] = []
      for (let from = 0; from < rows.length;) {
        const taken = await takeNext(registry, principal, rows, from)
        for (const [i, one] of taken.entries()) {
          if (!(one instanceof InvalidRecord)) counts[one] += 1
          else refused.push({ row: from + i + 1, pointer: one.pointer, detail: one.message })
        }
        from += taken.length
        // The embedded Postgres answers without a turn of the event loop: till the last row nobody else would be heard.
        await others()
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

async function rowsOf(c: ApiContext): Promise<ReadRow[]> {
  const mediaType = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/x-ndjson' && mediaType !== 'text/csv') {
    throw new Problem(415, 'Content-Type must be application/x-ndjson or text/csv.')
  }
  const text = textOf(await readBody(c, largestImport))
  try {
    if (mediaType === 'application/x-ndjson') return await jsonRows(text)
    return (await csvTable(text)).rows.map(({ record }) => record)
  } catch (error) {
    if (error instanceof TooManyRows) throw new Problem(413, `An import may have at most ${mostRows} rows.`)
    throw error instanceof UnreadableTable ? new Problem(400, error.message) : error
  }
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new Problem(400, 'The body is not UTF-8.')
  }
}
