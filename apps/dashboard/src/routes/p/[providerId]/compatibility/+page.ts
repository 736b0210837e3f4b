import { loadFigures } from '#lib/load-figures.ts'
import type { PageLoad } from './$types'
import type { CompatibilityFigures } from './figures/+server.ts'

export const load: PageLoad = (event) => loadFigures<CompatibilityFigures>(event)
