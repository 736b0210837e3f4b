/** What is alike among refused events, on a real engine. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RefusalCode } from '../events/refusal.ts'
import { quarantineScope } from '../registry/scope.ts'
import { connectEmbedded, type EventStore } from './connect.ts'
import type { QuarantineRow } from './tables.ts'
import { refusedAlike, refusedIn } from './refused-alike.ts'

const now = Date.now()
const provider = (providerId: string) => {
  const scope = quarantineScope({ keyId: 'k', role: 'provider', providerId })
  if (scope === undefined) throw new Error('no scope')
  return scope
}
const own = provider('p1')

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-alike-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
  await store.insert('quarantine', [
    ...refused(5, { source: 'urn:terminal:898584058120001:10000001' }),
    ...refused(3, { source: 'urn:terminal:898584058120001:10000002' }),
    ...refused(2, { source: 'urn:terminal:898584058120001:10000002', pointer: '/data', detail: 'another' }),
    ...refused(1, { source: '' }),
    ...refused(4, { source: 'urn:terminal:898584058120001:10000003', takenAt: now }),
    ...refused(4, { source: 'urn:terminal:898584058120001:10000001', code: 'too_old', pointer: '/time' }),
    ...refused(6, { source: 'urn:terminal:898584058120001:10000001', poster: 'p2' }),
  ])
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

let made = 0
const refused = (entries: number, change: Partial<QuarantineRow>): QuarantineRow[] =>
  Array.from({ length: entries }, (_, i) => ({
    poster: 'p1',
    id: String((made += 1)).padStart(32, '0'),
    keyId: 'k',
    merchantNo: '898584058120001',
    source: '',
    code: 'unknown_terminal' as const,
    pointer: '/source',
    detail: 'the terminal is not registered',
    event: '{}',
    receivedAt: now - i,
    takenAt: 0,
    ...change,
  }))

const groups = async (code: RefusalCode, most = 10) => refusedAlike(store, own, code, most)

test('what is alike is one group, the largest first; what was taken out, and what others posted, is in none', async () => {
  const found = await groups('unknown_terminal')
  expect(found.map(({ source, pointer, entries }) => [source.slice(-8), pointer, entries])).toEqual([
    ['10000001', '/source', 5],
    ['10000002', '/source', 3],
    ['10000002', '/data', 2],
    ['', '/source', 1],
  ])
  expect(found.every(({ newest }) => newest === now)).toBe(true)
  expect((await groups('unknown_terminal', 2)).map(({ entries }) => entries)).toEqual([5, 3])
  expect(await groups('too_large')).toEqual([])
})

test('a group’s entries are read page by page, each once, and none of another code, source or provider', async () => {
  const [largest, second] = await groups('unknown_terminal')
  const ids = [largest, second].map((group) => group?.id ?? '')
  const first = await refusedIn(store, own, 'unknown_terminal', ids, undefined, 6)
  const rest = await refusedIn(store, own, 'unknown_terminal', ids, first.at(-1), 6)
  expect(first).toHaveLength(6)
  expect(rest).toHaveLength(2)
  expect(new Set([...first, ...rest].map(({ id }) => id)).size).toBe(8)
  expect(await refusedIn(store, own, 'too_old', ids, undefined, 10)).toEqual([])
  expect(await refusedIn(store, provider('p3'), 'unknown_terminal', ids, undefined, 10)).toEqual([])
  expect(await refusedIn(store, own, 'unknown_terminal', [], undefined, 10)).toEqual([])
})
