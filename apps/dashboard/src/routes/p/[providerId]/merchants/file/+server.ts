/** All merchants that the filters of the address leave, in its order, as a file: `?format=csv` or `xlsx`. */

import { csvFile } from '#charts/exports/csv.ts'
import { xlsxFile } from '#charts/exports/xlsx.ts'
import { merchantRows } from '../read-rows.ts'
import { providerFile } from '#server/provider-figures.ts'
import { choiceIn, chosen } from '../rows.ts'
import { tableOf } from '../table.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = providerFile(async ({ query, ...question }) => {
  const { range } = question.parameters
  const { rows } = await merchantRows(question)
  const table = tableOf(chosen(rows, choiceIn(query)))
  const extension = query.get('format') === 'xlsx' ? 'xlsx' : 'csv'
  return {
    name: `${question.provider.providerId}_merchants_${range.from}_${range.to}.${extension}`,
    content: extension === 'xlsx' ? await xlsxFile(table) : csvFile(table),
  }
})
