/** For tests: an ingest that answers by a script, and time that flies. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type { Clock } from './clock.ts'

export interface Wire {
  id: string
  source: string
  type: string
  time: string
  sequence: string
  data: Record<string, unknown>
}

export interface Request {
  /** By the test's clock. */
  at: number
  headers: IncomingMessage['headers']
  raw: string
  events: Wire[]
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Ends the connection: before the answer, or within it. */
  cut?: 'before' | 'within'
  /** Never answers. */
  hang?: boolean
  /** Answers then. */
  after?: Promise<unknown>
}

export type Script = (request: Request, n: number) => Reply | undefined

export interface ScriptedIngest {
  url: string
  requests: Request[]
  /** What was acknowledged, by source and id: each text that came for it. */
  taken: Map<string, Set<string>>
  answerWith(script: Script): void
  close(): Promise<void>
}

export const accept = (n: number): Reply => ({ body: JSON.stringify({ accepted: n, rejected: [] }) })

/** Answers as the script says, and accepts everything where it says nothing. */
export async function scriptedIngest(clock: Clock, first: Script = () => undefined): Promise<ScriptedIngest> {
  let script = first
  const requests: Request[] = []
  const taken = new Map<string, Set<string>>()
  const server = createServer((incoming, response) => {
    void buffer(incoming).then((body) => {
      const zipped = incoming.headers['content-encoding'] === 'gzip'
      const raw = (zipped ? gunzipSync(body) : body).toString('utf8')
      const events = JSON.parse(raw) as Wire[]
      const request = { at: clock.now(), headers: incoming.headers, raw, events }
      requests.push(request)
      const scripted = script(request, requests.length)
      if (scripted === undefined) for (const event of events) take(taken, event)
      void scripted?.after?.then(() => answer(response, scripted))
      if (scripted?.after === undefined) answer(response, scripted ?? accept(events.length))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    taken,
    answerWith: (next) => (script = next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function take(taken: Map<string, Set<string>>, event: Wire): void {
  const name = `${event.source} ${event.id}`
  taken.set(name, (taken.get(name) ?? new Set()).add(JSON.stringify(event)))
}

function answer(response: ServerResponse, { status = 200, headers = {}, body = '', cut, hang }: Reply): void {
  if (hang === true) return
  if (cut === 'before') {
    response.destroy()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  if (cut !== 'within') response.end(body)
  else response.write(body.slice(0, body.length / 2), () => response.destroy())
}

export interface FlyingClock extends Clock {
  /** Stops time, until the function given back is called. */
  hold(): () => void
  pass(ms: number): void
}

/** Every wait is over at once, and the time is then what it would be. */
export function flyingClock(random = () => 0.5): FlyingClock {
  let now = Date.now()
  let held: (() => void)[] | undefined
  return {
    now: () => now,
    random,
    after(ms, run) {
      const due = now + ms
      let cancelled = false
      const fire = () => {
        if (cancelled) return
        now = Math.max(now, due)
        run()
      }
      if (held !== undefined) held.push(fire)
      else setImmediate(fire)
      return () => (cancelled = true)
    },
    pass: (ms) => void (now += ms),
    hold() {
      const waiting: (() => void)[] = (held = [])
      return () => {
        held = undefined
        for (const fire of waiting) setImmediate(fire)
      }
    },
  }
}
