import { error, fail } from '@sveltejs/kit'
import { isAway } from '@tillsight/shared/away.ts'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { providedIngest } from '@tillsight/shared/ingest-port.ts'
import type { Replayed } from '@tillsight/shared/store/quarantine.ts'
import { codeOf } from '#api/quarantine.ts'
import type { Actions, PageServerLoad } from './$types'
import { quarantineOf, replayAlike } from './read-quarantine.ts'

/** What a form came to is told at once: a page that came back without script would have forgotten it. */
export const load: PageServerLoad = ({ request }) => ({ canWait: request.method === 'POST' })

/** Of a problem that this bundle or the ingest outside it threw. */
const statusOf = (problem: unknown): unknown =>
  typeof problem === 'object' && problem !== null && 'status' in problem ? problem.status : undefined

export const actions: Actions = {
  /** All of a code, the groups of it that are chosen, or the entries. */
  replay: async (event) => {
    try {
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
      const replayed = await replay()
      return replayed === undefined ? fail(400, { problem: 'nothingChosen' as const }) : { replayed }
    } catch (problem) {
      if (statusOf(problem) === 503 || isAway(problem)) return fail(503, { problem: 'away' as const })
      if (problem instanceof Problem && (problem.status === 404 || problem.status === 400)) error(problem.status)
      throw problem
    }
  },
}
