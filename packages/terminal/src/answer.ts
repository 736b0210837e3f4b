/** Reads what was answered to a batch. Only an answer that accounts for every event counts as one. */

import { retryAfterMs } from './backoff.ts'

export interface Refusal {
  /** One of the ingest's refusal codes. */
  code: string
  /** A JSON pointer into the event. */
  pointer: string
  detail: string
}

export type Verdict =
  /** The ingest has dealt with the batch: all but the refused (by index) are stored. */
  | { kind: 'settled'; refused: ReadonlyMap<number, Refusal> }
  /** Later, not before `askedMs` where it said so. */
  | { kind: 'later'; askedMs?: number; why: string; timedOut?: boolean }
  | { kind: 'too_large' }
  /** Either the server is in trouble, or one event of the batch puts it there. */
  | { kind: 'doubtful'; why: string }
  | { kind: 'key_refused'; why: string }
  /** Not the ingest's answer. */
  | { kind: 'unreadable'; why: string }

export interface Answer {
  status: number
  retryAfter: string | null
  /** Null where it was longer than any answer of the ingest. */
  text: string | null
}

/** @param idAt the id of an event of the batch by its index, undefined beyond its end. */
export function readAnswer(answer: Answer, size: number, idAt: (index: number) => string, now: number): Verdict {
  const { status } = answer
  const why = `status ${status}`
  if (status === 200 || status === 422) {
    const refused = refusalsIn(answer, size, idAt)
    return refused === undefined ? { kind: 'unreadable', why: `${why} that doesn't account for the batch` } : refused
  }
  if (status === 413) return { kind: 'too_large' }
  if (status === 401 || status === 403 || status === 404) return { kind: 'key_refused', why }
  if (status === 400 || status === 500) return { kind: 'doubtful', why }
  if (status === 429 || status > 500) {
    const askedMs = retryAfterMs(answer.retryAfter, now)
    return { kind: 'later', why, ...(askedMs === undefined ? {} : { askedMs }) }
  }
  return { kind: 'unreadable', why }
}

function refusalsIn({ status, text }: Answer, size: number, idAt: (index: number) => string): Verdict | undefined {
  const body = parse(text)
  if (!isObject(body)) return undefined
  const { accepted, rejected } = body
  if (!Array.isArray(rejected) || accepted !== size - rejected.length || accepted < 0) return undefined
  if (status === 422 && accepted !== 0) return undefined
  const refused = new Map<number, Refusal>()
  for (const one of rejected as unknown[]) {
    if (!isObject(one) || typeof one['code'] !== 'string') return undefined
    const { index, id, code, pointer, detail } = one
    if (!isIndex(index, size) || refused.has(index) || id !== idAt(index)) return undefined
    refused.set(index, { code, pointer: textOf(pointer), detail: textOf(detail) })
  }
  return { kind: 'settled', refused }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isIndex = (value: unknown, size: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < size
const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 1_000) : '')
