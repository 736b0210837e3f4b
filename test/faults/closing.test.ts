import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../support/process.ts'

test('a store that is closed ends what it was asked before and refuses what comes after, and the process ends with 0', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-closing-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const store = await startProcess('test/support/closing-process.ts', [join(directory, 'store')], {}, /^closed .*$/m)
  expect(store.ready[0]).toBe('closed Error: the store is closed')
  expect(await store.exited).toEqual({ code: 0, signal: null })
})
