import { expect, test } from 'vitest'
import type { EventStore } from './connect.ts'
import { untilInsert } from './until-insert.ts'

const storeAt = (inserts: number | undefined) => ({ inserts }) as { inserts: number | undefined } & EventStore

/** What was asked, in order. */
function questions() {
  const asked: string[] = []
  const remembered = untilInsert<number>()
  const ask = (store: EventStore, question: string) =>
    remembered(store, question, () => Promise.resolve(asked.push(question)))
  return { asked, ask }
}

test('a question is asked once until something is inserted', async () => {
  const { asked, ask } = questions()
  const store = storeAt(7)
  expect(await Promise.all([ask(store, 'A'), ask(store, 'A'), ask(store, 'B')])).toEqual([1, 1, 2])
  expect(await ask(store, 'A')).toBe(1)
  store.inserts = 8
  expect(await ask(store, 'A')).toBe(3)
  expect(asked).toEqual(['A', 'B', 'A'])
})

test('an answer that was under way when something was inserted is none to who asks after it', async () => {
  const store = storeAt(0)
  const remembered = untilInsert<string>()
  const before = Promise.withResolvers<string>()
  const early = remembered(store, 'A', () => before.promise)
  store.inserts = 1
  const late = remembered(store, 'A', () => Promise.resolve('with the insert'))
  before.resolve('without it')
  expect([await early, await late]).toEqual(['without it', 'with the insert'])
  expect(await remembered(store, 'A', () => Promise.resolve('asked again'))).toBe('with the insert')
})

test('a failure is not remembered', async () => {
  const store = storeAt(0)
  const remembered = untilInsert<string>()
  await expect(remembered(store, 'A', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await remembered(store, 'A', () => Promise.resolve('back'))).toBe('back')
})

test('where others insert too, it is asked each time; and each store for itself', async () => {
  const { asked, ask } = questions()
  const shared = storeAt(undefined)
  await ask(shared, 'A')
  await ask(shared, 'A')
  await ask(storeAt(1), 'A')
  await ask(storeAt(1), 'A')
  expect(asked).toHaveLength(4)
})
