import { expect, test } from 'vitest'
import { readAnswer, type Answer } from './answer.ts'

const ids = ['a', 'b', 'c']
const read = (answer: Partial<Answer>) =>
  readAnswer({ status: 200, retryAfter: null, text: '', ...answer }, ids.length, (i) => ids[i] ?? '', 0)
const json = (value: unknown, status = 200) => read({ status, text: JSON.stringify(value) })
const refusal = (index: unknown, id: unknown = ids[Number(index)]) => ({ index, id, code: 'too_old', pointer: '/time' })

test('an answer that accounts for every event settles the batch', () => {
  expect(json({ accepted: 3, rejected: [] })).toEqual({ kind: 'settled', refused: new Map() })
  expect(json({ accepted: 2, rejected: [refusal(1)] })).toEqual({
    kind: 'settled',
    refused: new Map([[1, { code: 'too_old', pointer: '/time', detail: '' }]]),
  })
  const all = { accepted: 0, rejected: [refusal(2), refusal(0), refusal(1)] }
  expect(json(all, 422)).toMatchObject({ kind: 'settled' })
})

test.each<[string, unknown, number?]>([
  ['fewer than were sent', { accepted: 2, rejected: [] }],
  ['more than were sent', { accepted: 4, rejected: [] }],
  ['more than all', { accepted: -1, rejected: [refusal(0), refusal(1), refusal(2), refusal(0)] }],
  ['one event refused twice', { accepted: 1, rejected: [refusal(1), refusal(1)] }],
  ['an event that was not sent', { accepted: 2, rejected: [refusal(3, 'd')] }],
  ['an index between two events', { accepted: 2, rejected: [refusal(0.5, 'a')] }],
  ['somebody else’s event', { accepted: 2, rejected: [refusal(1, 'x')] }],
  ['an event without its id', { accepted: 2, rejected: [refusal(1, null)] }],
  ['a refusal without a code', { accepted: 2, rejected: [{ index: 1, id: 'b' }] }],
  ['a refusal that is null', { accepted: 2, rejected: [null] }],
  ['a number as text', { accepted: '3', rejected: [] }],
  ['no rejected', { accepted: 3 }],
  ['a list', [{ accepted: 3, rejected: [] }]],
  ['null', null],
  ['nothing accepted and nothing refused', { accepted: 0, rejected: [] }, 422],
  ['422 with something accepted', { accepted: 2, rejected: [refusal(1)] }, 422],
  ['a problem document of somebody else', { type: 'about:blank', status: 422 }, 422],
])('an answer that speaks of %s is none', (_what, body, status) => {
  expect(json(body, status)).toMatchObject({ kind: 'unreadable' })
})

test.each([
  ['a portal’s page', { text: '<html>Please sign in</html>' }],
  ['half an answer', { text: '{"accepted":3,"reje' }],
  ['nothing', { text: '' }],
  ['an endless answer', { text: null }],
  ['204', { status: 204 }],
  ['202 with the right words', { status: 202, text: '{"accepted":3,"rejected":[]}' }],
  ['a redirect', { status: 302 }],
  ['415', { status: 415 }],
])('%s is no answer', (_what, answer) => {
  expect(read(answer)).toMatchObject({ kind: 'unreadable' })
})

test.each([
  [401, 'key_refused'],
  [403, 'key_refused'],
  [404, 'key_refused'],
  [413, 'too_large'],
  [400, 'doubtful'],
  [500, 'doubtful'],
  [429, 'later'],
  [502, 'later'],
  [503, 'later'],
])('status %i is %s', (status, kind) => {
  expect(read({ status, text: '{"accepted":3,"rejected":[]}' })).toMatchObject({ kind })
})

test('Retry-After is read where the server says later', () => {
  expect(read({ status: 503, retryAfter: '7' })).toMatchObject({ askedMs: 7_000 })
  expect(read({ status: 503 })).not.toHaveProperty('askedMs')
})
