/** The whole of a list of the fleet as a file: `?list=silent&format=csv` or `xlsx`. */

import { failure } from '@tillsight/shared/http/problem.ts'
import { csvFile } from '#charts/exports/csv.ts'
import { xlsxFile } from '#charts/exports/xlsx.ts'
import { providerIn } from '#server/provider.ts'
import { readFleet } from '../read-fleet.ts'
import { faults } from '../rows.ts'
import { tableOf } from '../table.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = async (event) => {
  try {
    const provider = await providerIn(event)
    const query = event.url.searchParams
    const fault = faults.find((each) => each === query.get('list')) ?? 'silent'
    const table = tableOf(fault, (await readFleet(provider)).lists)
    const isExcel = query.get('format') === 'xlsx'
    const content = isExcel ? await xlsxFile(table) : csvFile(table)
    const name = `${provider.providerId}_${fault}.${isExcel ? 'xlsx' : 'csv'}`
    return new Response(content, {
      headers: { 'content-type': content.type, 'content-disposition': `attachment; filename="${name}"` },
    })
  } catch (error) {
    return failure(error)
  }
}
