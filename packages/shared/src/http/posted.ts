/** A request as Hono's context has it, and the way to it that costs the least. */

import type { IncomingMessage } from 'node:http'

export interface Posted {
  req: { raw: Request }
  /** `{ incoming }` behind a server, nothing where a test calls `app.fetch(request)` by itself. */
  env: unknown
}

/** The server's own request, where there is one: its stream and its headers cost a fraction of a `Request`'s. */
export const incomingOf = ({ env }: Posted): IncomingMessage | undefined =>
  (env as { incoming?: IncomingMessage } | undefined)?.incoming

/** @param name in small letters, of a header that may stand there once. */
export function headerOf(posted: Posted, name: string): string | undefined {
  const incoming = incomingOf(posted)
  if (incoming === undefined) return posted.req.raw.headers.get(name) ?? undefined
  const value = incoming.headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}
