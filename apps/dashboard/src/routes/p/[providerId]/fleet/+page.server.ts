import { error, fail, redirect } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { providedIngest } from '@tillsight/shared/ingest-port.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { defaultTimeZone } from '@tillsight/shared/registry/merchants.ts'
import { actingFor, quarantineScope } from '@tillsight/shared/registry/scope.ts'
import { quarantineCounts, quarantined, type QuarantineFilter } from '@tillsight/shared/store/quarantine.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { codeOf, placeIn, placeText } from '#api/quarantine.ts'
import { providerIn } from '#server/provider.ts'
import type { Actions, PageServerLoad } from './$types'
import { readFleet } from './read-fleet.ts'
import { faultIn, pageOf } from './rows.ts'

const entriesAPage = 50

interface Asked {
  locals: App.Locals
  params: { providerId: string }
}

/** Whose refused events these pages show and replay: the provider's, whoever looks. */
async function quarantineOf(event: Asked) {
  const provider = await providerIn(event)
  const principal = actingFor(event.locals.principal as Principal, provider)
  const scope = quarantineScope(principal)
  if (scope === undefined) error(404)
  return { provider, principal, scope }
}

/** Of a problem that this bundle or the ingest outside it threw. */
const statusOf = (problem: unknown): unknown =>
  typeof problem === 'object' && problem !== null && 'status' in problem ? problem.status : undefined

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (problem) {
    if (problem instanceof Problem && (problem.status === 404 || problem.status === 400)) error(problem.status)
    throw problem
  }
}

export const load: PageServerLoad = (event) =>
  answered(async () => {
    const { provider, scope } = await quarantineOf(event)
    const { events } = providedStores()
    const query = event.url.searchParams
    const [{ lists, ...fleet }, refused] = await Promise.all([readFleet(provider), quarantineCounts(events, scope)])
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
    const list =
      fault === 'serial' ? { fault, ...pageOf(lists.serial, page) } : { fault, ...pageOf(lists[fault], page) }

    const code = codeOf(query.get('code')) ?? null
    const after = placeIn(query.get('next') ?? undefined)
    const found = code === null ? [] : await quarantined(events, scope, { code }, after, entriesAPage + 1)
    const shown = found.slice(0, entriesAPage)
    const last = shown.at(-1)
    const { rows, since } = providedIngest().backlog()
    return {
      ...fleet,
      counts,
      list,
      now: Date.now(),
      timeZone: defaultTimeZone,
      backlog: { rows, waitsMs: since === undefined ? 0 : Date.now() - since },
      quarantine: {
        refused,
        code,
        entries: shown.map(({ id, receivedAt, source, pointer, detail }) => ({
          id,
          receivedAt,
          source,
          pointer,
          detail,
        })),
        next: found.length > shown.length && last !== undefined ? placeText(last) : null,
      },
    }
  })

export const actions: Actions = {
  /** All of a code, or the entries that are chosen. */
  replay: (event) =>
    answered(async () => {
      const { principal, scope } = await quarantineOf(event)
      const fields = await event.request.formData()
      const code = codeOf(fields.get('code'))
      const ids = fields.getAll('id').filter((id) => typeof id === 'string')
      const all = fields.get('all') === 'yes'
      if (!all && ids.length === 0) return fail(400, { problem: 'nothingChosen' as const })
      if (all && code === undefined) redirect(303, event.url.pathname)
      const filter: QuarantineFilter = all && code !== undefined ? { code } : { ids }
      try {
        return { replayed: await providedIngest().replay(principal, scope, filter) }
      } catch (problem) {
        if (statusOf(problem) === 503) return fail(503, { problem: 'away' as const })
        throw problem
      }
    }),
}
