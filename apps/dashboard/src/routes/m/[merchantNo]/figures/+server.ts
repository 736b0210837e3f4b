import { merchantFigures } from '#server/merchant-figures.ts'
import { merchantIn } from '#server/merchant.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = async (event) =>
  Response.json(await merchantFigures(await merchantIn(event), event.url.searchParams))
