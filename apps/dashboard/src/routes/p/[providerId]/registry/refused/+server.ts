/** All refused rows of an import as a file, to be mended: `?import=…&format=csv` or `xlsx`. */

import { failure, notFound } from '@tillsight/shared/http/problem.ts'
import { importOf } from '#server/imports.ts'
import { providerIn } from '#server/provider.ts'
import { tableFile } from '#server/table-file.ts'
import { tableOf } from '../refused-rows.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = async (event) => {
  try {
    const provider = await providerIn(event)
    const query = event.url.searchParams
    const found = await importOf(provider, query.get('import') ?? '')
    if (found === null) throw notFound()
    return await tableFile(`${provider.providerId}_refused`, tableOf(found.refused), query)
  } catch (error) {
    return failure(error)
  }
}
