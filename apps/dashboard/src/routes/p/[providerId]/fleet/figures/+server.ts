import { providedIngest } from '@tillsight/shared/ingest-port.ts'
import { defaultTimeZone } from '@tillsight/shared/registry/merchants.ts'
import { figuresAnswer } from '#server/frame.ts'
import { providerFrame } from '#server/provider-figures.ts'
import { emptyFor } from '#server/soon.ts'
import { readFleet } from '../read-fleet.ts'
import { quarantineOf, readQuarantine, type QuarantineAsked } from '../read-quarantine.ts'
import { faultIn, pageOf } from '../rows.ts'
import type { RequestHandler } from './$types'

/** The page is of now, whatever days another page was shown for. */
const noDays = new URLSearchParams({ compare: 'none' })

export const GET: RequestHandler = (event) =>
  figuresAnswer(
    event,
    async () => {
      const asked = await quarantineOf(event)
      return providerFrame(asked.provider, noDays, () => shownOf(asked, event.url.searchParams), 'the start')
    },
    emptyFor.providerMs,
  )

async function shownOf({ provider, scope }: QuarantineAsked, query: URLSearchParams) {
  const [{ lists, ...fleet }, quarantine] = await Promise.all([
    readFleet(provider),
    readQuarantine(provider, scope, query),
  ])
  const counts = {
    silent: lists.silent.length,
    gaps: lists.gaps.length,
    late: lists.late.length,
    clock: lists.clock.length,
    serial: lists.serial.length,
    never: lists.never.length,
  }
  const fault = faultIn(query, counts)
  const page = Number(query.get('page') ?? '1')
  const list = fault === 'serial' ? { fault, ...pageOf(lists.serial, page) } : { fault, ...pageOf(lists[fault], page) }

  const { rows, since } = providedIngest().backlog()
  return {
    ...fleet,
    counts,
    list,
    now: Date.now(),
    timeZone: defaultTimeZone,
    backlog: { rows, waitsMs: since === undefined ? 0 : Date.now() - since },
    quarantine,
  }
}
export type FleetFigures = Awaited<ReturnType<typeof shownOf>>
