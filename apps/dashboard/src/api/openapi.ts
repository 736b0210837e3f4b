/**
 * The OpenAPI description of ingest and API, `GET /api/v1/openapi.json`. The schemas are the ones that requests are checked
 * with. Its test holds it against the addresses that really answer.
 */

import { dataSchemas, envelopeSchema } from '@tillsight/shared/events/event.ts'
import { codeSystems, mappableReasons } from '@tillsight/shared/events/reasons.ts'
import { intervalNames } from '@tillsight/shared/metrics/intervals.ts'
import { merchantRecord, providerRecord, terminalRecord } from '@tillsight/shared/registry/records.ts'

interface Operation {
  summary: string
  description?: string
  body?: object
  query?: Record<string, object>
  answers: Record<string, string>
}

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
        '`terminals`: each with its record, `huabei` (the state last reported, `unknown` before any), `lastEventAt`, `missing` (null where it sends no `sequence`) and `clockOffsetMs` (null without an event in 7 days).',
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
  '/api/v1/merchants/{merchantNo}/lost-sales': {
    get: {
      summary: 'Lost sales',
      description:
        'JSON; or the rows of `series` with `Accept: text/csv` or `application/vnd.apache.parquet`. An hour begins with the local hour or with a clock change. `reasons` come with the largest net loss first. `basis` says of each figure whether it is observed, a bound or an estimate.',
      query: {
        from: { type: 'string', format: 'date' },
        to: { type: 'string', format: 'date' },
        interval: { enum: intervalNames, default: 'day' },
      },
      answers: {
        200: 'The figures',
        400: 'A range or interval that is missing, unreadable, reversed or too long',
        406: 'No form that is accepted',
      },
    },
  },
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
    Object.entries(methods).map(([method, { summary, description, body, query, answers }]) => [
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
