import { log } from '@tillsight/shared/log.ts'
import { afterEach, expect, test, vi } from 'vitest'
import { logUnlessAnswered } from './request-log.ts'

afterEach(() => vi.restoreAllMocks())

/** What is logged of an answer that was cut off. */
function loggedOf(method: string, ofPages: boolean): string[] {
  const said: string[] = []
  vi.spyOn(log, 'info').mockImplementation((...line: unknown[]) => void said.push(String(line[1])))
  logUnlessAnswered(
    { requestId: 'r', method, path: '/', ofPages, since: 0 },
    { writableFinished: false, statusCode: 200 },
  )
  return said
}

test.each(['GET', 'HEAD'])('a page that is closed is nothing that went wrong: %s', (method) => {
  expect(loggedOf(method, true)).toEqual([])
})

test.each([
  { what: 'a till that posts events', method: 'POST', ofPages: false },
  { what: 'a page that changes something', method: 'POST', ofPages: true },
  { what: 'a reader of the API', method: 'GET', ofPages: false },
])('one who waits for an answer and leaves is logged: $what', ({ method, ofPages }) => {
  expect(loggedOf(method, ofPages)).toEqual(['the caller hung up before the answer'])
})
