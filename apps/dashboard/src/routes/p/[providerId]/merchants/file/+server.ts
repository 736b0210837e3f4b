/** All merchants that the filters of the address leave, in its order, as a file: `?format=csv` or `xlsx`. */

import { merchantRows } from '../read-rows.ts'
import { providerFile } from '#server/provider-figures.ts'
import { tableFile } from '#server/table-file.ts'
import { choiceIn, chosen } from '../rows.ts'
import { tableOf } from '../table.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = providerFile(async ({ query, ...question }) => {
  const { range } = question.parameters
  const { rows } = await merchantRows(question)
  const name = `${question.provider.providerId}_merchants_${range.from}_${range.to}`
  return tableFile(name, tableOf(chosen(rows, choiceIn(query))), query)
})
