/** Requests that `node:http` would answer by itself with an empty body, or not at all: they get a problem document too. */

import { problemDocument } from '@tillsight/shared/http/problem.ts'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

const details: Record<string, [status: number, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
}

export function answerMalformed(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, detail] = details[error.code ?? ''] ?? [400, 'This is not a well-formed HTTP request.']
    socket.end(rawProblem(status, detail))
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    sendProblem(response, 417, 'Expect may only be 100-continue.')
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.end(rawProblem(405, 'This is not a proxy.'))
  })
}

/**
 * The path that a request asks for, or undefined where its address or its host makes no sense. Writes the address in its short
 * form: an absolute one (`GET http://host/path`) must be understood too.
 */
export function pathOf(request: IncomingMessage): string | undefined {
  // HTTP/1.0 has no Host; some load balancers ask after our health that way.
  request.headers.host ??= 'localhost'
  const { url = '/' } = request
  try {
    if (!makesSense(request.headers.host)) return undefined
    if (!url.startsWith('/')) {
      const absolute = new URL(url)
      request.url = absolute.pathname + absolute.search
    }
  } catch {
    return undefined
  }
  return (request.url ?? '/').split('?')[0] ?? '/'
}

/** The last that made sense: nearly everybody asks for the same, and reading a host takes as long as all else here. */
let lastHost = ''

/** @throws TypeError where it can't be read at all. */
function makesSense(host: string): boolean {
  if (host === lastHost) return true
  const { pathname, search, hash, username } = new URL(`http://${host}`)
  if (pathname !== '/' || search !== '' || hash !== '' || username !== '') return false
  lastHost = host
  return true
}

export function sendProblem(response: ServerResponse, status: number, detail: string): void {
  const body = problemDocument(status, detail)
  const headers = { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, headers).end(body)
}

function rawProblem(status: number, detail: string): string {
  const body = problemDocument(status, detail)
  const head = [
    `HTTP/1.1 ${status} ${(JSON.parse(body) as { title: string }).title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
