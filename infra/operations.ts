/** What an operator and the machinery around the process ask of it (contract section 1). */

import type { Telemetry } from '@tillsight/ingest/telemetry.ts'
import { principalOf } from '@tillsight/shared/http/bearer.ts'
import { failure, notFound, problem } from '@tillsight/shared/http/problem.ts'
import type { Stores } from '@tillsight/shared/stores.ts'
import { Hono } from 'hono'

const readyWithinMs = 5_000
const answerKeptMs = 250

/** @param accepting whether the ingest would take an event at all: it may be full or stopping, or its commits may fail. */
export function operationsApp(stores: Stores, { registry }: Telemetry, accepting: () => boolean): Hono {
  const app = new Hono()
  const probe = shared(() => notReady(stores))
  app.get('/healthz', (c) => c.json({ status: 'alive' }))
  app.get('/readyz', async (c) => {
    const reason = accepting() ? await probe() : 'No events are taken now.'
    return reason === undefined
      ? c.json({ status: 'ready' })
      : problem(503, reason, { headers: { 'retry-after': '5' } })
  })
  app.get('/metrics', async (c) => {
    const principal = await principalOf(c.req.raw, stores.keys)
    if (principal.role !== 'operator') throw notFound()
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType })
  })
  app.all('*', () => problem(405, 'Only GET is possible here.', { headers: { allow: 'GET' } }))
  app.onError((error, c) => failure(error, c.req.header('x-request-id')))
  return app
}

/** Anybody may ask, and each probe writes: questions that come together, or soon after each other, share one answer. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    if (answer !== undefined) return answer
    answer = ask()
    void answer.finally(() => setTimeout(() => (answer = undefined), answerKeptMs).unref())
    return answer
  }
}

/**
 * Undefined where an event could be committed and a query answered now: one row is really committed, and then really read, before
 * which the engine must have taken it.
 */
async function notReady({ events, registry }: Stores): Promise<string | undefined> {
  const answers = await Promise.all([
    failing([
      ['Events can not be committed now.', () => events.insert('readiness', [{ probe: 1, checkedAt: Date.now() }])],
      ['Figures can not be read now.', () => events.db.selectFrom('readiness').select('checkedAt').limit(1).execute()],
    ]),
    failing([
      [
        'The registry does not answer now.',
        () => registry.selectFrom('providers').select('providerId').limit(1).execute(),
      ],
    ]),
  ])
  return answers.find((reason) => reason !== undefined)
}

/** What the first of the steps that fails is for. */
async function failing(
  steps: readonly (readonly [reason: string, step: () => Promise<unknown>])[],
): Promise<string | undefined> {
  for (const [reason, step] of steps) {
    try {
      await within(readyWithinMs, step())
    } catch {
      return reason
    }
  }
  return undefined
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
