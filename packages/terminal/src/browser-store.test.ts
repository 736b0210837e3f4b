/** A till that is a page: what its browser keeps, whoever else has the page open and whenever it ends. */

import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BrowserStore, type Step } from './browser-store.ts'
import type { Happening } from './terminal.ts'

const now = Date.UTC(2026, 10, 1)
let databases = 0
const newName = () => `database ${(databases += 1)}`

const left = (checkoutId: string, terminal = 'a'): Happening => ({
  terminal: { source: `urn:terminal:${terminal}` },
  type: 'tillsight.checkout.abandoned',
  data: { checkoutId },
})

interface Wire {
  id: string
  source: string
  sequence: string
  data: { checkoutId: string }
}
const eventsIn = async (store: BrowserStore) => (await store.queued()).map(({ body }) => JSON.parse(body) as Wire)

test('each step is taken on what the last one left, and each event has the next number, however many windows there are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ window: fc.nat(2), terminal: fc.constantFrom('a', 'b'), events: fc.nat(3) }), {
        maxLength: 30,
      }),
      async (steps) => {
        const name = newName()
        const windows = [0, 1, 2].map(() => new BrowserStore(name))
        let made = 0
        // None waits for another.
        await Promise.all(
          steps.map(({ window, terminal, events }) =>
            (windows[window] as BrowserStore).advance<number>(
              'steps',
              (taken = 0) => ({
                note: taken + 1,
                happenings: Array.from({ length: events }, () => left(`c${(made += 1)}`, terminal)),
              }),
              now,
            ),
          ),
        )
        const events = await eventsIn(new BrowserStore(name))
        expect(await new BrowserStore(name).note('steps')).toBe(steps.length === 0 ? undefined : steps.length)
        expect(events.map(({ data }) => data.checkoutId)).toEqual(events.map((_, i) => `c${i + 1}`))
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
        for (const terminal of ['a', 'b']) {
          const own = events.filter(({ source }) => source.endsWith(terminal))
          expect(own.map(({ sequence }) => Number(sequence))).toEqual(own.map((_, i) => i + 1))
        }
        await Promise.all(windows.map((window) => window.close()))
      },
    ),
    { numRuns: 60 },
  )
})

test('a step that fails in the middle leaves everything as it was', async () => {
  const store = new BrowserStore(newName())
  const one: Step<string> = { note: 'one', happenings: [left('c1')] }
  await store.advance('note', () => one, now)
  const items = Array.from({ length: 2_000 }, () => ({ category: 'too much to send' }))
  const tooLarge = { ...left('c3'), type: 'tillsight.payment.declined', data: { items } } as unknown as Happening
  const failing: Step<string> = { note: 'two', happenings: [left('c2'), tooLarge] }
  await expect(store.advance('note', () => failing, now)).rejects.toMatchObject({ code: 'too_large' })
  const throwing = () => {
    throw new Error('in the middle')
  }
  await expect(store.advance('note', throwing, now)).rejects.toThrow('in the middle')
  expect(await store.note('note')).toBe('one')
  expect((await eventsIn(store)).map(({ data }) => data.checkoutId)).toEqual(['c1'])

  await store.advance('note', () => ({ note: undefined, happenings: [left('c2')] }), now)
  expect(await store.note('note')).toBeUndefined()
  expect((await eventsIn(store)).map(({ sequence }) => sequence)).toEqual(['1', '2'])
})

test('numbers go on where everything was sent, and over restarts', async () => {
  const name = newName()
  for (let n = 1; n <= 3; n += 1) {
    const store = new BrowserStore(name)
    await store.advance('note', () => ({ note: undefined, happenings: [left(`c${n}`)] }), now)
    expect((await eventsIn(store)).map(({ sequence }) => sequence)).toEqual([String(n)])
    await store.settle(
      (await store.queued()).map(({ position }) => position),
      [],
    )
    await store.close()
  }
})

test('of the refused the newest hundred are kept', async () => {
  const store = new BrowserStore(newName())
  for (let i = 0; i < 30; i += 1) {
    const refused = Array.from({ length: 5 }, (_, j) => ({
      ...{ id: String(i * 5 + j), source: '', at: now, code: 'too_old' },
      ...{ pointer: '', detail: '', event: null },
    }))
    await store.settle([], refused)
  }
  expect((await store.refused()).map(({ id }) => Number(id))).toEqual(Array.from({ length: 100 }, (_, i) => 50 + i))
})
