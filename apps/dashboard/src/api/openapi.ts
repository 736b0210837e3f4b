/**
 * The OpenAPI description of ingest and API, `GET /api/v1/openapi.json`. The schemas are the ones that requests are checked
 * with. Its test holds it against the addresses that really answer.
 */

import { dataSchemas, envelopeSchema } from '@tillsight/shared/events/event.ts'
import { codeSystems, mappableReasons } from '@tillsight/shared/events/reasons.ts'
import { refusalCodes } from '@tillsight/shared/events/refusal.ts'
import { merchantRecord, providerRecord, terminalRecord } from '@tillsight/shared/registry/records.ts'
import { mostRows } from './most-rows.ts'
import { figureOperations, rangeQuery, type Operation } from './openapi-figures.ts'

const event = {
  oneOf: Object.entries(dataSchemas).map(([type, data]) => ({
    ...envelopeSchema,
    required: [...envelopeSchema.required, 'data'],
    properties: { ...envelopeSchema.properties, type: { const: type }, data },
  })),
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } })

const registryAnswers = {
  200: 'Replaced: the record as stored',
  201: 'Created: the record as stored',
  422: 'The record is not valid; `pointer` names the field',
}

/** By path and method, in the order of contract sections 2 to 7. */
export const operations: Record<string, Record<string, Operation>> = {
  '/v1/events': {
    post: {
      summary: 'Post events',
      description:
        'One CloudEvent, a batch, NDJSON, or binary mode. A 2xx is sent when every accepted event is committed; posting an event again changes nothing. ' +
        'An event may have 16 KiB as JSON without spaces. `sequence` is a text of 1 to 18 digits. A null in `data` is a wrong type, except for `cause`.',
      body: {
        content: {
          'application/cloudevents+json': { schema: event },
          'application/cloudevents-batch+json': { schema: { type: 'array', items: event, maxItems: 10_000 } },
          'application/x-ndjson': { schema: { type: 'string' } },
          'application/json': { schema: { description: 'The data; the attributes are in ce-* headers' } },
        },
      },
      answers: {
        200: 'Committed: `accepted` and, for those refused, `rejected` with index, id, code, pointer and detail',
        400: 'The body can not be read, or holds no event',
        413: 'Over 5 MiB decoded, or over 10,000 events',
        415: 'Not a form that is understood',
        422: 'No event was acceptable; `rejected` says why',
        429: 'The key has had its share; nothing of the request was taken. Send it again after `Retry-After` seconds',
        503: 'Not stored now; nothing of the request is promised. Send it again after `Retry-After` seconds',
      },
    },
  },
  '/api/v1/keys': {
    get: {
      summary: 'List the keys below yours',
      description:
        'A key belongs to its merchant or terminal. It goes on working when the operator moves the merchant to another provider, which can then list and revoke it.',
      answers: { 200: 'The keys, without their secrets' },
    },
    post: {
      summary: 'Issue a key',
      body: json({
        type: 'object',
        required: ['role'],
        properties: {
          role: { enum: ['provider', 'merchant', 'terminal'] },
          providerId: { type: 'string' },
          merchantNo: { type: 'string' },
          terminalNo: { type: 'string' },
        },
      }),
      answers: {
        201: 'Its id, and the key itself: the only time it is shown',
        422: 'Not a holder that a key can be for',
      },
    },
  },
  '/api/v1/keys/{id}': {
    delete: { summary: 'Revoke a key', answers: { 204: 'Revoked; it stops working within 5 s' } },
  },
  '/api/v1/providers/{providerId}': {
    put: { summary: 'Register a provider (operator)', body: json(providerRecord), answers: registryAnswers },
    get: { summary: 'Read a provider', answers: { 200: 'The record' } },
  },
  '/api/v1/merchants/{merchantNo}': {
    put: {
      summary: 'Register a merchant',
      description:
        '`timeZone` is an IANA name, Asia/Shanghai where it is left out. A merchant has events from the first valid one on, even if its commit then failed.',
      body: json(merchantRecord),
      answers: { ...registryAnswers, 409: 'It has events: `timeZone` and `providerId` stand' },
    },
    get: { summary: 'Read a merchant', answers: { 200: 'The record' } },
  },
  '/api/v1/merchants/{merchantNo}/terminals': {
    get: {
      summary: 'The terminals of a merchant',
      description:
        '`terminals`: each with its record and with `huabei` (the state last reported, `unknown` before any), `lastEventAt` (what somebody declared for it on the page of causes is no event of its own), ' +
        '`received` (events of the last 30 days), `missing` (null where it sends no `sequence`), `clockOffsetMs` (the smallest of received − `time` over the last 7 days, null without an event in them; positive: its clock is behind), ' +
        '`lateMs` (`median` and `p95` of the last 7 days: received − `time` − `clockOffsetMs`, so how much longer an event took than the quickest of them), ' +
        '`heardForMs` (between the first and the last arrival of the last 30 days’ events: what came in one go may be history, and no clock that is behind) and ' +
        '`silentSince` (null while it speaks; else its `lastEventAt`: nothing was heard of it in 30 days, or not since in hours of the week that add up to 6 in which it was usually heard over the four weeks before, so nights and weekly closing days count for nothing). ' +
        'Repeats change none of these. A counter that began again makes `missing` huge: ask for the completeness of the terminal.',
      answers: { 200: 'The terminals, by `terminalNo`' },
    },
  },
  '/api/v1/merchants/{merchantNo}/terminals/{terminalNo}': {
    put: {
      summary: 'Register a terminal',
      description: 'Every field may be left out or null.',
      body: json(terminalRecord),
      answers: registryAnswers,
    },
    get: { summary: 'Read a terminal', answers: { 200: 'The record' } },
  },
  '/api/v1/merchants/{merchantNo}/terminals/{terminalNo}/completeness': {
    get: {
      summary: 'What a terminal sent, day by day, and what of it never arrived',
      description:
        'JSON; or the rows of `days` with `Accept: text/csv` or `application/vnd.apache.parquet`. ' +
        '`days`: of every local day, by the time of the events, `events`; `clockOffsetMs`, the smallest of received − `time` over the 7 days that end with it; `lateMs` (`median`, `max`), received − `time` − `clockOffsetMs`; `missing`, the numbers of the gaps that end on it. Null where nothing is known: without an event, without one in 7 days, without one that has a `sequence`. ' +
        '`gaps`: stretches of numbers absent between two that arrived, with the times of these (`after`, `before`); numbers are looked at from 30 days before the range on, and a gap belongs to the day of its `before`. ' +
        '`restarts`: where the counter began again: a number less than half of the one before it in time, and not received before it. No gap reaches across one. ' +
        '`counts`: all `gaps` and `restarts` of the range, of which at most 1,000 each are listed (the largest gaps, the newest restarts; newest first), and `repeated`, the numbers that events of more than one time carry.',
      query: rangeQuery,
      answers: {
        200: 'The days, gaps and restarts',
        400: 'A range that is missing, unreadable, reversed or too long',
        406: 'No form that is accepted',
      },
    },
  },
  '/api/v1/quarantine': {
    get: {
      summary: 'Refused events',
      description:
        'The newest first, 100 a page; `next` of a page is passed back for the one after it. An entry has `id`, `receivedAt`, `source` (null where none can be read), `code`, `pointer`, `detail` and `event`: its named fields, with `{}` or `[]` where something else was expected, without `data` where it is larger than an event may be, null where it held a card number. ' +
        'The same event refused again for the same reason is one entry, with the newest `receivedAt`. Entries are kept for 30 days, and at most 10,000 or 32 MiB of each key; what a full key posts is refused as ever, and not kept.',
      optionalQuery: {
        from: { type: 'string', format: 'date', description: 'Of `receivedAt`, in UTC' },
        to: { type: 'string', format: 'date', description: 'Inclusive' },
        code: { enum: refusalCodes },
        merchantNo: { type: 'string', description: 'Of `source`' },
        next: { type: 'string' },
      },
      answers: { 200: '`events`, and `next`, null on the last page', 400: 'A filter that makes no sense' },
    },
  },
  '/api/v1/quarantine/replay': {
    post: {
      summary: 'Judge refused events again, as if they came now',
      description:
        'Those named by `ids` (at most 10,000), or all refused for `code`, as far as the key may see them; with the rights of the key that asks. What is accepted leaves the list. An event is committed before its entry goes, so after an answer of 503 it can be replayed again.',
      body: json({
        oneOf: [
          {
            type: 'object',
            required: ['ids'],
            properties: { ids: { type: 'array', maxItems: 10_000, items: { type: 'string' } } },
          },
          { type: 'object', required: ['code'], properties: { code: { enum: refusalCodes } } },
        ],
      }),
      answers: {
        200: '`accepted`, and `stillRefused`, which stay in the list',
        422: 'Neither ids nor a code, or both',
        503: 'Not all of it could be stored now: replay again after `Retry-After` seconds',
      },
    },
  },
  '/api/v1/registry/import': {
    post: {
      summary: 'Register in bulk',
      description:
        'Rows with `kind` (provider, merchant, terminal) and the fields of that record. Every row that can be taken is taken. Rows are numbered from 1, the CSV line of names not counted; an empty CSV cell is a field left out.',
      body: {
        content: { 'application/x-ndjson': { schema: { type: 'string' } }, 'text/csv': { schema: { type: 'string' } } },
      },
      answers: {
        200: '`accepted`, of these `providers`, `merchants`, `terminals`, and `refused`: row, pointer, detail',
        413: `Over 64 MiB, or over ${mostRows} rows`,
      },
    },
  },
  '/api/v1/providers/{providerId}/codes/{system}/{value}': {
    put: {
      summary: 'Map an own code to a reason',
      description: `\`system\`: ${codeSystems.join(', ')}. It applies to past events too, at once.`,
      body: json({ type: 'object', required: ['reason'], properties: { reason: { enum: mappableReasons } } }),
      answers: { 200: 'Mapped anew', 201: 'Mapped', 422: 'No such system, value or reason' },
    },
    delete: { summary: 'Take an own code back', answers: { 204: 'It is not mapped (any more)' } },
  },
  ...figureOperations,
}

const problemAnswer = (description: string) => ({
  description,
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
        },
      },
    },
  },
})

export function openApi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tillsight',
      version: '1',
      description: 'Amounts are integers in fen. Times are RFC 3339. Days are the merchant’s local days.',
    },
    security: [{ key: [] }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths: Object.fromEntries(Object.entries(operations).map(([path, methods]) => [path, pathItem(path, methods)])),
  }
}

function pathItem(path: string, methods: Record<string, Operation>): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return Object.fromEntries(
    Object.entries(methods).map(([method, { summary, description, body, query, optionalQuery, answers }]) => [
      method,
      {
        summary,
        ...(description === undefined ? {} : { description }),
        parameters: [
          ...inPath,
          ...Object.entries(query ?? {}).map(([name, schema]) => ({
            name,
            in: 'query',
            required: !('default' in schema),
            schema,
          })),
          ...Object.entries(optionalQuery ?? {}).map(([name, schema]) => ({ name, in: 'query', schema })),
        ],
        ...(body === undefined ? {} : { requestBody: { required: true, ...body } }),
        responses: {
          ...Object.fromEntries(
            Object.entries(answers).map(([status, text]) => [
              status,
              status < '300' ? { description: text } : problemAnswer(text),
            ]),
          ),
          401: problemAnswer('No key, or an unknown one'),
          404: problemAnswer('Not within the key’s scope, whether it exists or not'),
        },
      },
    ]),
  )
}
