import { once } from 'node:events'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readBody } from './read-body.ts'

const posted = (incoming: Readable, headers: Record<string, string> = {}) => ({
  req: { raw: new Request('http://tillsight/', { method: 'POST', headers }) },
  env: { incoming: Object.assign(incoming, { headers }) },
})

test.each([
  ['plain', {}],
  ['packed', { 'content-encoding': 'gzip' }],
])(
  'a %s body whose sender has gone before anybody reads it is an error, not a wait without end',
  async (_form, headers) => {
    const incoming = Readable.from([gzipSync('{}')])
    incoming.destroy()
    await once(incoming, 'close')
    await expect(readBody(posted(incoming, headers), 100)).rejects.toMatchObject({ status: 400 })
  },
)

test('an empty body is empty', async () => {
  expect(await readBody(posted(Readable.from([])), 100)).toHaveLength(0)
})
