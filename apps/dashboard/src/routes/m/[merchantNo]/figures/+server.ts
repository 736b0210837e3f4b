import { failure } from '@tillsight/shared/http/problem.ts'
import { merchantFigures } from '#server/merchant-figures.ts'
import { merchantIn } from '#server/merchant.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = async (event) => {
  try {
    return Response.json(await merchantFigures(await merchantIn(event), event.url.searchParams))
  } catch (error) {
    // Whoever asks here wants no page, whatever they accept.
    return failure(error)
  }
}
