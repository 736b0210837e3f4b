/** Whatever is posted, the answer is one that the contract knows: never a 5xx, never a word about the inside. */

import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, register, type House } from '../support/house.ts'
import { contentTypes, expectProblem, postAs, type Verdict } from './answers.ts'
import { kinds, merchantNo, sample, terminalNo, withValueAt, type Event, type Json } from './samples.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
})
afterAll(() => house.stop())

const codes = [
  'invalid_event',
  'unknown_type',
  'source_not_allowed',
  'unknown_terminal',
  'time_in_future',
  'too_old',
  'amount_out_of_range',
  'too_large',
  'contains_card_number',
]

/** One of the answers of section 4, whole and in its form. */
async function expectAnswer(response: Response): Promise<Verdict | undefined> {
  if (response.status !== 200) {
    expect([400, 413, 415, 422]).toContain(response.status)
    const problem = await expectProblem(response, response.status)
    if (response.status !== 422) return undefined
    return expectVerdict(problem as Verdict)
  }
  return expectVerdict((await response.json()) as Verdict)
}

function expectVerdict(verdict: Verdict): Verdict {
  expect(verdict.accepted).toBeTypeOf('number')
  for (const refusal of verdict.rejected) {
    expect(Object.keys(refusal).sort()).toEqual(['code', 'detail', 'id', 'index', 'pointer'])
    expect(codes).toContain(refusal.code)
    expect(refusal.detail).toMatch(/./)
    expect(refusal.pointer).toMatch(/^(?:\/.*)?$/s)
  }
  expect(verdict.rejected.map(({ index }) => index)).toEqual(
    verdict.rejected.map(({ index }) => index).sort((a, b) => a - b),
  )
  return verdict
}

const forms = Object.values(contentTypes)
const anyHeaders = fc.constantFrom(
  {},
  { 'ce-specversion': '1.0' },
  { 'ce-id': '%', 'ce-data': 'x' },
  { 'content-encoding': 'gzip' },
)

test('any bytes in any form get an answer', async () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array().map((bytes) => new Uint8Array(gzipSync(bytes))),
  )
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.constantFrom(...forms, 'text/plain', ';', '__proto__'),
      anyHeaders,
      async (bytes, form, headers) => {
        await expectAnswer(await postAs(house, form, bytes, { headers }))
      },
    ),
    { numRuns: 300 },
  )
})

test('any JSON in any form gets an answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 5 }), fc.constantFrom(...forms), anyHeaders, async (json, form, headers) => {
      await expectAnswer(await postAs(house, form, json, { headers }))
    }),
    { numRuns: 300 },
  )
})

/** Where an event can be changed: every field and what is in it. */
function pointersInto(value: Json, base = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [`${base}/${key}`, ...pointersInto(inner, `${base}/${key}`)])
}

const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    '',
    '\0',
    '\ud800',
    'constructor',
    '__proto__',
    1e308,
    -0,
    [[]],
    {},
    { $ne: 1 },
    "' OR 1=1 --",
    '{p1:String}',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const changedEvent = fc
  .constantFrom(...kinds.map((kind) => sample(kind)))
  .chain((event) =>
    fc
      .tuple(fc.constant(event), fc.constantFrom(...pointersInto(event)), nasty)
      .map(([whole, pointer, value]) => withValueAt(whole, pointer, value)),
  )

test('events with anything in one place are each taken or refused, and counted once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(changedEvent, { minLength: 50, maxLength: 100 }), async (events: Event[]) => {
      const verdict = await expectAnswer(await postAs(house, contentTypes.batch, JSON.stringify(events)))
      expect((verdict?.accepted ?? -1) + (verdict?.rejected.length ?? 0)).toBe(events.length)
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

test('what was taken of all that can be read back', async () => {
  await house.json('GET', `/api/v1/merchants/${merchantNo}/lost-sales?from=2025-12-01&to=2026-12-31`)
  await house.json('GET', `/api/v1/merchants/${merchantNo}/terminals`)
})
