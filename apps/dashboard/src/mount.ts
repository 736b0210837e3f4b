/**
 * The built dashboard as a request listener, for the process that serves it (infra).
 *
 * adapter-node takes every request for https unless a header says otherwise, and then refuses each form that is posted over
 * http as coming from another site. Here a request is http, unless a proxy in front says that it received it by https.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'

const protocolHeader = 'x-forwarded-proto'
/** A file with a hundred thousand terminals has about ten. What other forms may be is said in hooks.server.ts. */
const largestBody = '32M'

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** Call it after `provideStores()`. */
export async function dashboard(): Promise<Listener> {
  // adapter-node reads them once, when it is loaded.
  process.env['BODY_SIZE_LIMIT'] = largestBody
  process.env['PROTOCOL_HEADER'] = protocolHeader
  const built: string = new URL('../build/handler.js', import.meta.url).href
  const { handler } = (await import(built)) as { handler: Listener }
  return (request, response) => {
    const forwarded = String(request.headers[protocolHeader] ?? '')
    // A chain of proxies lists one protocol for each; the first is the visitor's.
    request.headers[protocolHeader] = forwarded.split(',')[0]?.trim() === 'https' ? 'https' : 'http'
    response.setHeader('x-content-type-options', 'nosniff')
    return handler(request, response)
  }
}
