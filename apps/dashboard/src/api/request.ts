/** What handlers ask of a request: its JSON, and the merchant or provider it names, where the asker may reach them. */

import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { readBody } from '@tillsight/shared/http/read-body.ts'
import { dateRange, type DateRange } from '@tillsight/shared/metrics/intervals.ts'
import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import {
  merchantScope,
  providerScope,
  type Intent,
  type MerchantScope,
  type ProviderScope,
} from '@tillsight/shared/registry/scope.ts'
import type { ApiContext } from './route.ts'

const largestJson = 64 * 1024

/** The request's JSON body. Throws 400 where it can't be read. */
export async function jsonOf(c: ApiContext, largest = largestJson): Promise<unknown> {
  const body = await readBody(c, largest)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown
  } catch {
    throw new Problem(400, 'The body is not valid JSON in UTF-8.')
  }
}

/** A path parameter, decoded. */
export const param = (c: ApiContext, name: string): string => c.req.param(name) ?? ''

export async function merchantIn(c: ApiContext, intent: Intent): Promise<MerchantScope> {
  const scope = await merchantScope(c.var.stores.registry, c.var.principal, param(c, 'merchantNo'), intent)
  if (scope === undefined) throw notFound()
  return scope
}

export async function providerIn(c: ApiContext): Promise<ProviderScope> {
  const scope = await providerScope(c.var.stores.registry, c.var.principal, param(c, 'providerId'))
  if (scope === undefined) throw notFound()
  return scope
}

/** The local days that are asked for. Throws 400 where they make no range. */
export function rangeIn(c: ApiContext): DateRange {
  const range = dateRange(c.req.query('from'), c.req.query('to'))
  if ('problem' in range) throw new Problem(400, range.problem)
  return range
}

export const unprocessable = (pointer: string, detail: string): Problem =>
  new Problem(422, detail, { members: { pointer } })

/** Runs what may find a record invalid, and answers 422 then. */
export async function valid<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof InvalidRecord) throw unprocessable(error.pointer, error.message)
    throw error
  }
}

export const created = (isNew: boolean): 200 | 201 => (isNew ? 201 : 200)
