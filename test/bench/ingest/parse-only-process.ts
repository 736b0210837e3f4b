/** (c), a process of its own: a plain Hono route that only parses JSON. More requests than it, our ingest can't answer. */

import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { createServer } from 'node:http'
import { listen } from './listen.ts'

const app = new Hono()
app.post('/v1/events', async (c) => {
  await c.req.json()
  return c.json({ accepted: 1 })
})

const listener = getRequestListener((request, env) => app.fetch(request, env))
listen(createServer((request, response) => void listener(request, response)))
