import { loadFigures } from '#lib/load-figures.ts'
import type { FleetFigures } from './figures/+server.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = (event) => loadFigures<FleetFigures>(event, event.data)
