import { newestCommits } from '@tillsight/shared/metrics/newest-commit.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { provideStores, type Provided } from '@tillsight/shared/stores.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchCommits } from './commits.ts'

vi.mock(import('@tillsight/shared/metrics/newest-commit.ts'), () => ({ newestCommits: vi.fn() }))

const merchant = (merchantNo: string) => ({ merchantNo, providerId: 'p1', timeZone: 'Asia/Shanghai' }) as MerchantScope

let newest: Record<string, string>
let questions: number
let away: boolean
let events: { inserts: number | undefined }

beforeEach(() => {
  vi.useFakeTimers()
  newest = { A: '1-1' }
  questions = 0
  away = false
  events = { inserts: undefined }
  provideStores({ events } as Provided)
  vi.mocked(newestCommits).mockImplementation(() => {
    questions += 1
    return away ? Promise.reject(new Error('away')) : Promise.resolve(new Map(Object.entries(newest)))
  })
})
afterEach(() => vi.useRealTimers())

test('a page hears the mark there is, and then only of commits', async () => {
  const heard: (string | null)[] = []
  const end = watchCommits(merchant('A'), (mark) => heard.push(mark))
  await vi.advanceTimersByTimeAsync(3000)
  expect(heard).toEqual(['1-1'])
  newest['A'] = '2-1'
  await vi.advanceTimersByTimeAsync(600)
  expect(heard).toEqual(['1-1', '2-1'])
  end()
})

test('a merchant without events has no mark', async () => {
  const heard: (string | null)[] = []
  const end = watchCommits(merchant('B'), (mark) => heard.push(mark))
  await vi.advanceTimersByTimeAsync(600)
  expect(heard).toEqual([null])
  end()
})

test('the store is asked once for all pages, and not at all when the last one is closed', async () => {
  const ends = ['A', 'A', 'B'].map((merchantNo) => watchCommits(merchant(merchantNo), () => {}))
  await vi.advanceTimersByTimeAsync(500)
  expect(questions).toBe(1)
  for (const end of ends) end()
  await vi.advanceTimersByTimeAsync(5000)
  expect(questions).toBe(1)
})

test('a commit made while the store was away is still heard of', async () => {
  const heard: (string | null)[] = []
  const end = watchCommits(merchant('A'), (mark) => heard.push(mark))
  await vi.advanceTimersByTimeAsync(600)
  away = true
  newest['A'] = '2-1'
  await vi.advanceTimersByTimeAsync(2000)
  away = false
  await vi.advanceTimersByTimeAsync(600)
  expect(heard).toEqual(['1-1', '2-1'])
  end()
})

test('where this process hears of every insert, a commit is told at once, and the store is asked only after one', async () => {
  events.inserts = 7
  const heard: (string | null)[] = []
  const end = watchCommits(merchant('A'), (mark) => heard.push(mark))
  await vi.advanceTimersByTimeAsync(10_000)
  expect([heard, questions]).toEqual([['1-1'], 1])
  newest['A'] = '2-1'
  events.inserts += 1
  await vi.advanceTimersByTimeAsync(50)
  expect(heard).toEqual(['1-1', '2-1'])

  // Somebody who comes later has a mark to hear too.
  const endOfOther = watchCommits(merchant('B'), (mark) => heard.push(mark))
  await vi.advanceTimersByTimeAsync(600)
  expect(heard).toEqual(['1-1', '2-1', null])
  end()
  endOfOther()
})

test('under load the store is asked twice a second', async () => {
  events.inserts = 0
  const end = watchCommits(merchant('A'), () => {})
  for (let i = 0; i < 200; i += 1) {
    events.inserts += 1
    await vi.advanceTimersByTimeAsync(25)
  }
  expect(questions).toBeLessThanOrEqual(11)
  end()
})

test('a commit that the store could not be asked about is asked about again', async () => {
  events.inserts = 0
  const heard: (string | null)[] = []
  const end = watchCommits(merchant('A'), (mark) => heard.push(mark))
  await vi.advanceTimersByTimeAsync(600)
  away = true
  newest['A'] = '2-1'
  events.inserts += 1
  await vi.advanceTimersByTimeAsync(2000)
  away = false
  await vi.advanceTimersByTimeAsync(600)
  expect(heard).toEqual(['1-1', '2-1'])
  end()
})
