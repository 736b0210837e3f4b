/** All refused rows of an import as a file, to be mended: `?import=…&format=csv` or `xlsx`. */

import { failure, notFound } from '@tillsight/shared/http/problem.ts'
import { csvFile } from '#charts/exports/csv.ts'
import { xlsxFile } from '#charts/exports/xlsx.ts'
import { importOf } from '#server/imports.ts'
import { providerIn } from '#server/provider.ts'
import { tableOf } from '../refused-rows.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = async (event) => {
  try {
    const provider = await providerIn(event)
    const query = event.url.searchParams
    const found = await importOf(provider, query.get('import') ?? '')
    if (found === null) throw notFound()
    const table = tableOf(found.refused)
    const isExcel = query.get('format') === 'xlsx'
    const content = isExcel ? await xlsxFile(table) : csvFile(table)
    const name = `${provider.providerId}_refused.${isExcel ? 'xlsx' : 'csv'}`
    return new Response(content, {
      headers: { 'content-type': content.type, 'content-disposition': `attachment; filename="${name}"` },
    })
  } catch (error) {
    return failure(error)
  }
}
