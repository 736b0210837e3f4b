/** The ingest service as a value: `app.fetch(request)`. The process that listens is another file. */

import { failure, problem } from '@tillsight/shared/http/problem.ts'
import { Hono } from 'hono'
import { receive, type Ingest } from './receive.ts'

export function ingestApp(ingest: Ingest): Hono {
  const app = new Hono()
  app.post('/v1/events', (c) => receive(c, ingest))
  app.all('/v1/events', () => problem(405, 'Events are posted: POST /v1/events.', { headers: { allow: 'POST' } }))
  app.notFound(() => problem(404, 'There is nothing at this address. Events go to POST /v1/events.'))
  app.onError((error, c) => failure(error, c.req.header('x-request-id')))
  return app
}
