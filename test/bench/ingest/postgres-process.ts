/** (d), a process of its own: our ingest's route, keys and validation, storing into PostgreSQL. */

import { getRequestListener } from '@hono/node-server'
import { ingestApp } from '@tillsight/ingest/app.ts'
import { BytesInHand, RateLimits } from '@tillsight/ingest/limits.ts'
import { nothingKept } from '@tillsight/ingest/quarantine.ts'
import { Telemetry } from '@tillsight/ingest/telemetry.ts'
import { connectRegistryServer } from '@tillsight/shared/registry/connect.ts'
import { KeyRing } from '@tillsight/shared/registry/keys.ts'
import { Origins } from '@tillsight/shared/registry/terminals.ts'
import { createServer } from 'node:http'
import { listen } from './listen.ts'
import { forms, PostgresCommitter } from './postgres-store.ts'

const { DATABASE_URL = '' } = process.env
const registry = await connectRegistryServer(DATABASE_URL)
const committer = await PostgresCommitter.connect(DATABASE_URL)
const app = ingestApp({
  keys: new KeyRing(registry),
  origins: new Origins(registry),
  limits: new RateLimits(),
  inHand: new BytesInHand(),
  // Nothing that the benchmark sends is refused.
  quarantine: { admit: () => Promise.resolve(nothingKept) },
  committer,
  telemetry: new Telemetry(),
})
app.post('/form/:form', (c) => {
  const form = forms.find((one) => one === c.req.param('form'))
  if (form !== undefined) committer.form = form
  return c.json({ form: committer.form })
})
app.get('/count', async (c) => c.json({ stored: await committer.stored() }))

const listener = getRequestListener((request, env) => app.fetch(request, env))
listen(createServer((request, response) => void listener(request, response)))
