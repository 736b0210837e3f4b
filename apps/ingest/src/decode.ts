/** From a request's body to the events it says it holds (contract section 4: the four forms). Nothing is checked here yet. */

import { headerOf, type Posted } from '@tillsight/shared/http/posted.ts'
import { Problem } from '@tillsight/shared/http/problem.ts'

/** One event as sent, or what kept it from being read. */
export type Sent = { value: unknown } | { unreadable: string }

export const largestBody = 5 * 1024 * 1024
const mostEvents = 10_000

type Decode = (body: Buffer, posted: Posted) => Sent[]

const forms: Record<string, Decode> = {
  'application/cloudevents+json': (body) => [{ value: parseObject(body) }],
  'application/cloudevents-batch+json': decodeBatch,
  'application/x-ndjson': decodeLines,
  'application/json': decodeBinary,
}

/** How to read a request, by its `Content-Type`. Throws the 415. */
export function decoderFor(posted: Posted): (body: Buffer) => Sent[] {
  const mediaType = (headerOf(posted, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const decode = Object.hasOwn(forms, mediaType) ? forms[mediaType] : undefined
  if (decode === undefined || (decode === decodeBinary && !isBinary(posted))) {
    throw new Problem(
      415,
      'Content-Type must be application/cloudevents+json, application/cloudevents-batch+json or application/x-ndjson, ' +
        'or application/json with the event in ce-* headers.',
    )
  }
  return (body) => {
    const events = decode(body, posted)
    if (events.length === 0) throw new Problem(400, 'The body holds no event.')
    if (events.length > mostEvents) throw new Problem(413, `A request may hold at most ${mostEvents} events.`)
    return events
  }
}

/** The same buffer may not be kept: every value is parsed out of it. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(utf8.decode(bytes)) as unknown
}

function parseBody(body: Buffer): unknown {
  try {
    return parse(body)
  } catch {
    throw new Problem(400, 'The body is not valid JSON in UTF-8.')
  }
}

function parseObject(body: Buffer): unknown {
  const value = parseBody(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem(400, 'The body must be one CloudEvent, a JSON object.')
  }
  return value
}

function decodeBatch(body: Buffer): Sent[] {
  const values = parseBody(body)
  if (!Array.isArray(values)) throw new Problem(400, 'The body must be a JSON array of CloudEvents.')
  return values.map((value: unknown) => ({ value }))
}

const newline = 0x0a

function decodeLines(body: Buffer): Sent[] {
  const events: Sent[] = []
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(newline, start)
    const line = body.subarray(start, end === -1 ? body.length : end)
    start += line.length + 1
    if (isBlank(line)) continue
    if (events.length === mostEvents) throw new Problem(413, `A request may hold at most ${mostEvents} events.`)
    try {
      events.push({ value: parse(line) })
    } catch {
      events.push({ unreadable: 'the line is not valid JSON in UTF-8' })
    }
  }
  return events
}

const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)

const isBinary = ({ req }: Posted): boolean => [...req.raw.headers.keys()].some((name) => name.startsWith('ce-'))

/** Binary mode: each `ce-` header is an attribute. */
function decodeBinary(body: Buffer, { req }: Posted): Sent[] {
  const event: Record<string, unknown> = { data: parseBody(body) }
  for (const [name, value] of req.raw.headers) {
    if (!name.startsWith('ce-') || name === 'ce-data') continue
    try {
      event[name.slice(3)] = attributeIn(value)
    } catch {
      return [{ unreadable: `the header ${name} is not percent-encoded UTF-8` }]
    }
  }
  return [{ value: event }]
}

/** CloudEvents HTTP binding, 3.1.3.2: a header may be quoted; inside it is percent-encoded. */
function attributeIn(header: string): string {
  const quoted = /^"(.*)"$/.exec(header)?.[1]
  return decodeURIComponent(quoted === undefined ? header : quoted.replace(/\\(.)/g, '$1'))
}
