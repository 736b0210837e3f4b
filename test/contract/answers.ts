/** What the contract promises of every answer, checked in one place. */

import { expect } from 'vitest'
import type { CallOptions, House } from '../support/house.ts'

export interface Rejected {
  index: number
  id: string | null
  code: string
  pointer: string
  detail: string
}

export interface Verdict {
  accepted: number
  rejected: Rejected[]
}

const secrets =
  /\bat .+:\d+:\d+|node_modules|\/(?:work|home|tmp|usr)\/|\.(?:ts|js)\b|file:|\bSELECT\b|\bINSERT\b|checkout_events|terminal_reports|Exception/

/** Contract section 1: an error is a problem document, and gives nothing of the inside away. */
export async function expectProblem(
  response: Response,
  status: number,
): Promise<{ detail: string; pointer?: string } & Partial<Verdict>> {
  const text = await response.text()
  expect({ status: response.status, text }).toEqual({ status, text })
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(text).not.toMatch(secrets)
  const document = JSON.parse(text) as { detail: string }
  expect(document).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
  })
  return document
}

export const contentTypes = {
  one: 'application/cloudevents+json',
  batch: 'application/cloudevents-batch+json',
  lines: 'application/x-ndjson',
  binary: 'application/json',
} as const

export const postAs = (
  house: Pick<House, 'call'>,
  contentType: string,
  body: string | Uint8Array,
  { headers, ...options }: CallOptions = {},
): Promise<Response> =>
  house.call('POST', '/v1/events', { ...options, body, headers: { 'content-type': contentType, ...headers } })

/** Posts texts, a line each, and gives what was said of them, taken or not. */
export async function verdictOn(
  house: Pick<House, 'call'>,
  lines: readonly string[],
  options?: CallOptions,
): Promise<Verdict> {
  const response = await postAs(house, contentTypes.lines, lines.join('\n'), options)
  if (response.status !== 200) {
    const { accepted = -1, rejected = [] } = await expectProblem(response, 422)
    return { accepted, rejected }
  }
  return (await response.json()) as Verdict
}
