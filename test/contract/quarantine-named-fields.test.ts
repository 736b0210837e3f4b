/** Contract section 4: what is kept of a refused event holds the fields that the contract names, and nothing else at any depth. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, register, type House } from '../support/house.ts'
import { verdictOn } from './answers.ts'
import { kinds, merchantNo, sample, sourceOf, terminalNo, type Event, type Json } from './samples.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
})
afterAll(() => house.stop())

/** What section 4 names, of whatever type of event. */
type Shape = 'value' | [Shape] | { [field: string]: Shape }
const [v, bill]: [Shape, Shape] = ['value', { channel: 'value', amount: 'value' }]
const payment: Shape = {
  ...{ checkoutId: v, attempt: v, amount: v, currency: v, method: v, intendedMethod: v, outTradeNo: v },
  ...{ instalments: v, sellerPercent: v, final: v, disabledChannels: [v], fundBills: [bill] },
  code: { system: v, value: v },
  customer: { token: v, ageBand: v, returning: v },
  items: [{ category: v, quantity: v, amount: v }],
}
const report: Shape = { methods: [{ method: v, state: v }], firmware: v, model: v, cause: v }
const named: Shape = {
  ...{ specversion: v, id: v, source: v, type: v, time: v, sequence: v },
  data: { ...payment, ...report },
}

/** The JSON pointers of all that the shape does not name. A list where none should be may hold values, but no fields. */
function unnamedIn(value: Json, shape: Shape, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) {
    const inner = Array.isArray(shape) ? shape[0] : 'value'
    return value.flatMap((one, i) => unnamedIn(one, inner, `${at}/${i}`))
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const fields = typeof shape === 'object' && !Array.isArray(shape) && Object.hasOwn(shape, key) ? shape : undefined
    return fields?.[key] === undefined ? [`${at}/${key}`] : unnamedIn(inner, fields[key], `${at}/${key}`)
  })
}

/** Stands in whatever must not be kept, as a value or as a name. */
const marker = 'smuggled'
const unnamed = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', 'then', marker),
  fc.constantFrom('phone', 'pan', 'Amount', 'amount ', 'data.amount', 'event', '0', '', 'length', 'subject', 'cardno'),
)
const namedSomewhere = fc.constantFrom('amount', 'customer', 'code', 'value', 'token', 'items', 'data', 'id', 'method')
/** Something with a field in it that has no name at any place of any event. */
const smuggling: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>((again) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>({ phone: marker }, { [marker]: 1 }, [{ phone: marker }], { '': [{ '': marker }] }),
    again('any').map((inner) => [inner]),
    fc.tuple(fc.oneof(unnamed, namedSomewhere), again('any')).map(([key, inner]) => ({ [key]: inner })),
  ),
})).any

/** Every place in an event: the object or list it is in, and its name there. */
function placesIn(value: Json): [Event, string][] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Event
  return Object.entries(holder).flatMap(([key, inner]) => [[holder, key], ...placesIn(inner)])
}

/** Also where the name is `__proto__`: a field like any other, as JSON.parse makes it. A copy, for a value may be set twice. */
const set = (holder: object, key: string, value: Json) =>
  Object.defineProperty(holder, key, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  })

const refusedSource = sourceOf(merchantNo, '99999999')
const someSample = fc.constantFrom(...kinds).map((kind) => sample(kind, { source: refusedSource }))
const additions = fc.array(fc.tuple(fc.nat(), unnamed, fc.oneof(fc.constant<Json>(marker), smuggling)), {
  minLength: 1,
  maxLength: 5,
})
const replacements = fc.array(fc.tuple(fc.nat(), smuggling), { minLength: 1, maxLength: 3 })

/** Puts fields that have no name into objects of the event that do. */
function withAdditions(event: Event, added: [number, string, Json][]): Event {
  const changed = structuredClone(event)
  const objects = [changed, ...placesIn(changed).map(([holder, key]) => holder[key])].filter(
    (place): place is Event => typeof place === 'object' && place !== null && !Array.isArray(place),
  )
  for (const [at, key, value] of added) set(objects[at % objects.length] ?? changed, key, value)
  return changed
}

/** Puts what has no name in the place of what has one. */
function withReplacements(event: Event, replaced: [number, Json][]): Event {
  const changed = structuredClone(event)
  for (const [at, value] of replaced) {
    const places = placesIn(changed).filter(([holder, key]) => holder !== changed || !['id', 'source'].includes(key))
    const [holder, key] = places[at % places.length] ?? [changed, 'data']
    set(holder, key, value)
  }
  return changed
}

interface Page {
  events: { code: string; event: Event | null }[]
  next: string | null
}

/** Posts them, all to be refused, and gives what the quarantine then says of each, by its id. */
async function keptOf(events: Event[]): Promise<{ kept: Map<Json | undefined, Event>; said: string }> {
  const verdict = await verdictOn(
    house,
    events.map((event) => JSON.stringify(event)),
  )
  expect(verdict).toMatchObject({ accepted: 0, rejected: events.map((_, index) => ({ index })) })
  const kept = new Map<Json | undefined, Event>()
  let said = ''
  for (let next: string | null = ''; next !== null && !events.every(({ id }) => kept.has(id ?? null));) {
    const query = next === '' ? '' : `?next=${encodeURIComponent(next)}`
    const page: Page = await house.json('GET', `/api/v1/quarantine${query}`)
    said += JSON.stringify(page)
    for (const { event } of page.events) if (event !== null) kept.set(event['id'], event)
    next = page.next
  }
  return { kept, said }
}

test('named fields are kept as they were sent, and what stands beside them is dropped', async () => {
  const sent = fc.tuple(someSample, additions).map(([event, added]) => ({ event, sent: withAdditions(event, added) }))
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 8 }), async (cases) => {
      const fresh = cases.map(({ event, sent: changed }) => {
        const id = crypto.randomUUID()
        return { event: { ...event, id }, sent: { ...changed, id } }
      })
      const { kept, said } = await keptOf(fresh.map((one) => one.sent))
      expect(said).not.toContain(marker)
      for (const { event } of fresh) expect(kept.get(event['id'])).toEqual(event)
    }),
    { numRuns: 30 },
  )
})

test('nothing without a name is kept where something with a name should be', async () => {
  const sent = fc.tuple(someSample, replacements, additions)
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 8 }), async (cases) => {
      const events = cases.map(([event, replaced, added]) => ({
        ...withReplacements(withAdditions(event, added), replaced),
        id: crypto.randomUUID(),
      }))
      const { kept, said } = await keptOf(events)
      expect(said).not.toContain(marker)
      expect(events.map(({ id }) => unnamedIn(kept.get(id) ?? 'not there', named))).toEqual(events.map(() => []))
      expect([...kept.keys()]).toEqual(expect.arrayContaining(events.map(({ id }) => id)))
    }),
    { numRuns: 60 },
  )
})

test('a field that has no name is not kept, whatever the type of the event', async () => {
  const stray: Event = { phone: marker, methods: [{ method: 'HUABEI', state: 'open', note: marker }], [marker]: marker }
  const events = [...kinds, 'elsewhere'].map((kind) => ({
    ...sample('payment.declined', { source: refusedSource, type: `tillsight.${kind}` }),
    data: { ...stray, code: { system: 'LOCAL', text: marker }, items: [{ name: marker }, [{ marker }]] },
  }))
  const { kept, said } = await keptOf(events)
  expect([...kept.values()].flatMap((event) => unnamedIn(event, named))).toEqual([])
  expect(said).not.toContain(marker)
})
