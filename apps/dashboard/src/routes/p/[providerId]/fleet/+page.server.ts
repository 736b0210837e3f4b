import { error, fail } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { providedIngest } from '@tillsight/shared/ingest-port.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { defaultTimeZone } from '@tillsight/shared/registry/merchants.ts'
import { actingFor, quarantineScope } from '@tillsight/shared/registry/scope.ts'
import type { Replayed } from '@tillsight/shared/store/quarantine.ts'
import { codeOf } from '#api/quarantine.ts'
import { providerIn } from '#server/provider.ts'
import { emptyFor, soon } from '#server/soon.ts'
import type { Actions, PageServerLoad } from './$types'
import { readFleet } from './read-fleet.ts'
import { readQuarantine, replayAlike } from './read-quarantine.ts'
import { faultIn, pageOf } from './rows.ts'

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

async function shownOf({ provider, scope }: Awaited<ReturnType<typeof quarantineOf>>, query: URLSearchParams) {
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
export type FleetShown = Awaited<ReturnType<typeof shownOf>>

export const load: PageServerLoad = (event) =>
  answered(async () => {
    const asked = await quarantineOf(event)
    const { isDataRequest, request, url } = event
    // What a form came to is told at once.
    const canWait = isDataRequest || request.method === 'POST'
    const key = `${asked.principal.keyId} ${url.pathname}${url.search}`
    const fleet = await soon(key, () => shownOf(asked, url.searchParams), canWait ? undefined : emptyFor.providerMs)
    return { fleet: fleet ?? null, waits: fleet === undefined }
  })

export const actions: Actions = {
  /** All of a code, the groups of it that are chosen, or the entries. */
  replay: (event) =>
    answered(async () => {
      const { principal, scope } = await quarantineOf(event)
      const fields = await event.request.formData()
      const chosen = (name: string): string[] => fields.getAll(name).filter((value) => typeof value === 'string')
      const code = codeOf(fields.get('code'))
      const [groups, ids] = [chosen('alike'), chosen('id')]
      const replay = async (): Promise<Replayed | undefined> => {
        if (code !== undefined && fields.get('all') === 'yes')
          return providedIngest().replay(principal, scope, { code })
        if (code !== undefined && groups.length > 0) return replayAlike(principal, scope, code, groups)
        return ids.length > 0 ? providedIngest().replay(principal, scope, { ids }) : undefined
      }
      try {
        const replayed = await replay()
        return replayed === undefined ? fail(400, { problem: 'nothingChosen' as const }) : { replayed }
      } catch (problem) {
        if (statusOf(problem) === 503) return fail(503, { problem: 'away' as const })
        throw problem
      }
    }),
}
