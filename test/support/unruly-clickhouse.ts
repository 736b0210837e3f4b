/**
 * Stands in front of a ClickHouse and misbehaves as told: refuses, delays, hangs, cuts. What it lets through is answered by the
 * real one.
 */

import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

export interface Insert {
  table: string
  /** As sent; a text in it is there as UTF-8 where the body is not compressed. */
  data: Buffer
}

/** `cut after` lets the insert happen, and then cuts its answer off. */
export type Fate = 'pass' | 'hang' | 'cut before' | 'cut after' | { delayMs: number } | Refusal

export interface Refusal {
  code: number
  type: string
}

export interface UnrulyClickHouse {
  /** A CLICKHOUSE_URL. */
  url: string
  /** What happens to each insert from now on; those that hang are let go. Other statements always pass. */
  behave(fateOf: (insert: Insert) => Fate): void
  stop(): Promise<void>
}

export async function standBefore(clickhouse: string): Promise<UnrulyClickHouse> {
  let fateOf: (insert: Insert) => Fate = () => 'pass'
  let change = Promise.withResolvers<undefined>()
  const target = new URL(clickhouse)

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(incoming)
    const insert = insertIn(incoming, body)
    let fate = insert === undefined ? 'pass' : fateOf(insert)
    while (fate === 'hang' && insert !== undefined) {
      await change.promise
      fate = fateOf(insert)
    }
    if (typeof fate === 'object' && 'delayMs' in fate) await pause(fate.delayMs)
    if (fate === 'cut before') {
      incoming.socket.destroy()
      return
    }
    if (typeof fate === 'object' && 'code' in fate) {
      response.writeHead(500, { 'x-clickhouse-exception-code': fate.code })
      response.end(`Code: ${fate.code}. DB::Exception: As the test wants it. (${fate.type}) (version 26.7.1.1)\n`)
      return
    }
    const real = await forwarded(target, incoming, body)
    const whole = await buffer(real)
    if (fate === 'cut after') incoming.socket.destroy()
    else response.writeHead(real.statusCode ?? 502, real.headers).end(whole)
  }

  const server = createServer({ maxHeaderSize: 2 << 20 }, (incoming, response) => {
    // Whoever asked may have gone meanwhile; and where the real one has, so has this one.
    void answer(incoming, response).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave(next) {
      fateOf = next
      change.resolve(undefined)
      change = Promise.withResolvers()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function insertIn({ url = '/' }: IncomingMessage, body: Buffer): Insert | undefined {
  const inAddress = new URL(url, 'http://clickhouse').searchParams.get('query')
  const [, table] = /^\s*INSERT\s+INTO\s+(\w+)/i.exec(inAddress ?? body.toString('latin1', 0, 200)) ?? []
  return table === undefined ? undefined : { table, data: body }
}

function forwarded(target: URL, { method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _chunked, ...kept } = headers
    const onward = request(
      {
        hostname: target.hostname,
        port: target.port,
        method,
        path: url,
        headers: { ...kept, host: target.host, 'content-length': body.length },
        agent: false,
        maxHeaderSize: 2 << 20,
      },
      resolve,
    )
    onward.once('error', reject)
    onward.end(body)
  })
}
