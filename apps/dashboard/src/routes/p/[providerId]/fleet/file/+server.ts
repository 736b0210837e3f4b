/** The whole of a list of the fleet as a file: `?list=silent&format=csv` or `xlsx`. */

import { failure } from '@tillsight/shared/http/problem.ts'
import { providerIn } from '#server/provider.ts'
import { tableFile } from '#server/table-file.ts'
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
    return await tableFile(`${provider.providerId}_${fault}`, table, query)
  } catch (error) {
    return failure(error)
  }
}
